using CsCheck;
using LimoCha.Actors.Attendance;

namespace LimoCha.Actors.Unit.Attendance;

public sealed class GeodesyTests
{
    /// <summary>Inside mainland China the shift between the datums is a few hundred metres, never nothing and never kilometres.</summary>
    [Theory]
    [InlineData(31.2328, 121.4737)]
    [InlineData(39.9087, 116.3975)]
    [InlineData(22.5431, 114.0579)]
    [InlineData(30.5728, 104.0668)]
    public void Gcj02_is_shifted_by_a_few_hundred_metres(double latitude, double longitude)
    {
        var gps = new GeoPoint { Latitude = latitude, Longitude = longitude };
        var shifted = Geodesy.ToGcj02(gps);
        Geodesy.Distance(gps, shifted with { System = CoordinateSystem.Wgs84 }).Should().BeInRange(100, 1000);
        Geodesy.Distance(gps, shifted).Should().BeLessThan(0.01, "it is the same point on the ground");
    }

    [Fact]
    public void Outside_china_the_datums_agree()
    {
        var paris = new GeoPoint { Latitude = 48.8584, Longitude = 2.2945 };
        Geodesy.ToGcj02(paris).Should().BeEquivalentTo(paris with { System = CoordinateSystem.Gcj02 });
    }

    [Fact]
    public void There_and_back_is_where_it_was() =>
        Gen.Select(Gen.Double[20, 50], Gen.Double[80, 130]).Sample((latitude, longitude) =>
        {
            var gps = new GeoPoint { Latitude = latitude, Longitude = longitude };
            var back = Geodesy.ToWgs84(Geodesy.ToGcj02(gps));
            return Geodesy.Distance(gps, back) < 0.01;
        });

    /// <summary>One degree along a meridian of the mean sphere is R·π/180 = 111 195 m.</summary>
    [Fact]
    public void A_degree_of_latitude_is_111_kilometres() =>
        Geodesy.Distance(new() { Latitude = 0, Longitude = 0 }, new() { Latitude = 1, Longitude = 0 }).Should().BeApproximately(111_195, 1);

    [Fact]
    public void Distance_is_symmetric_and_obeys_the_triangle() =>
        Gen.Double[-89, 89].Select(Gen.Double[-179, 179]).Select(p => new GeoPoint { Latitude = p.Item1, Longitude = p.Item2 }).Array[3].Sample(p =>
        {
            var (ab, bc, ac) = (Geodesy.Distance(p[0], p[1]), Geodesy.Distance(p[1], p[2]), Geodesy.Distance(p[0], p[2]));
            return Math.Abs(ab - Geodesy.Distance(p[1], p[0])) < 1e-6 && ac <= ab + bc + 0.1;
        });
}
