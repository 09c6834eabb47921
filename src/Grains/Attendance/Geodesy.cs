namespace LimoCha.Actors.Attendance;

/// <summary>
/// Datums used in China, and distances. GCJ-02 is the datum of AMap and Tencent maps, BD-09 of Baidu. The forward
/// transform is the publicly known approximation over the Krasovsky 1940 ellipsoid (a = 6 378 245 m,
/// e² = 0.00669342162296594323); its inverse is found by fixed-point iteration to well below a centimetre. Outside
/// mainland China's bounding box both datums are WGS-84.
/// </summary>
public static class Geodesy
{
    private const double SemiMajorAxis = 6_378_245.0;
    private const double EccentricitySquared = 0.00669342162296594323;
    private const double MeanEarthRadius = 6_371_008.8; // IUGG mean radius R1, metres
    private const double BaiduPi = Math.PI * 3000.0 / 180.0;

    /// <summary>The point in WGS-84.</summary>
    public static GeoPoint ToWgs84(GeoPoint point) => point.System switch
    {
        CoordinateSystem.Gcj02 => Inverse(point, FromWgs84ToGcj02),
        CoordinateSystem.Bd09 => Inverse(FromBd09ToGcj02(point), FromWgs84ToGcj02),
        _ => point,
    };

    /// <summary>The point in GCJ-02.</summary>
    public static GeoPoint ToGcj02(GeoPoint point) => point.System switch
    {
        CoordinateSystem.Gcj02 => point,
        CoordinateSystem.Bd09 => FromBd09ToGcj02(point),
        _ => Shift(point),
    };

    /// <summary>Metres on a sphere between two points in any datum (haversine); within 0.5 % of the ellipsoid.</summary>
    public static double Distance(GeoPoint from, GeoPoint to)
    {
        var (a, b) = (ToWgs84(from), ToWgs84(to));
        var (lat1, lat2) = (Radians(a.Latitude), Radians(b.Latitude));
        var sinLat = Math.Sin((lat2 - lat1) / 2);
        var sinLon = Math.Sin(Radians(b.Longitude - a.Longitude) / 2);
        var h = sinLat * sinLat + Math.Cos(lat1) * Math.Cos(lat2) * sinLon * sinLon;
        return 2 * MeanEarthRadius * Math.Asin(Math.Min(1, Math.Sqrt(h)));
    }

    private static GeoPoint Shift(GeoPoint wgs84)
    {
        var (latitude, longitude) = FromWgs84ToGcj02(wgs84.Latitude, wgs84.Longitude);
        return wgs84 with { Latitude = latitude, Longitude = longitude, System = CoordinateSystem.Gcj02 };
    }

    private static GeoPoint Inverse(GeoPoint shifted, Func<double, double, (double Latitude, double Longitude)> forward)
    {
        var (latitude, longitude) = (shifted.Latitude, shifted.Longitude);
        for (var round = 0; round < 10; round++)
        {
            var (lat, lon) = forward(latitude, longitude);
            latitude += shifted.Latitude - lat;
            longitude += shifted.Longitude - lon;
        }

        return shifted with { Latitude = latitude, Longitude = longitude, System = CoordinateSystem.Wgs84 };
    }

    private static (double Latitude, double Longitude) FromWgs84ToGcj02(double latitude, double longitude)
    {
        if (longitude is < 72.004 or > 137.8347 || latitude is < 0.8293 or > 55.8271)
        {
            return (latitude, longitude);
        }

        var (x, y) = (longitude - 105.0, latitude - 35.0);
        var common = 20.0 * (Math.Sin(6.0 * x * Math.PI) + Math.Sin(2.0 * x * Math.PI));
        var northing = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.Sqrt(Math.Abs(x))
            + (common + 20.0 * Math.Sin(y * Math.PI) + 40.0 * Math.Sin(y / 3.0 * Math.PI)
                + 160.0 * Math.Sin(y / 12.0 * Math.PI) + 320.0 * Math.Sin(y * Math.PI / 30.0)) * 2.0 / 3.0;
        var easting = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.Sqrt(Math.Abs(x))
            + (common + 20.0 * Math.Sin(x * Math.PI) + 40.0 * Math.Sin(x / 3.0 * Math.PI)
                + 150.0 * Math.Sin(x / 12.0 * Math.PI) + 300.0 * Math.Sin(x / 30.0 * Math.PI)) * 2.0 / 3.0;

        var sin = Math.Sin(Radians(latitude));
        var w2 = 1 - EccentricitySquared * sin * sin;
        var meridian = SemiMajorAxis * (1 - EccentricitySquared) / (w2 * Math.Sqrt(w2));
        var parallel = SemiMajorAxis / Math.Sqrt(w2) * Math.Cos(Radians(latitude));
        return (latitude + Degrees(northing / meridian), longitude + Degrees(easting / parallel));
    }

    private static GeoPoint FromBd09ToGcj02(GeoPoint point)
    {
        var (x, y) = (point.Longitude - 0.0065, point.Latitude - 0.006);
        var z = Math.Sqrt(x * x + y * y) - 0.00002 * Math.Sin(y * BaiduPi);
        var theta = Math.Atan2(y, x) - 0.000003 * Math.Cos(x * BaiduPi);
        return point with { Longitude = z * Math.Cos(theta), Latitude = z * Math.Sin(theta), System = CoordinateSystem.Gcj02 };
    }

    private static double Radians(double degrees) => degrees * Math.PI / 180.0;

    private static double Degrees(double radians) => radians * 180.0 / Math.PI;
}
