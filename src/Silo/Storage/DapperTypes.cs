using System.Data;
using Dapper;
using Microsoft.Data.Sqlite;

namespace LimoCha.Actors.Storage;

/// <summary>How ids and instants are kept: uuid and timestamptz in PostgreSQL, text and microseconds in SQLite.</summary>
internal static class DapperTypes
{
    private const long TicksPerMicrosecond = TimeSpan.TicksPerMillisecond / 1000;

    /// <summary>Tells Dapper; once per process.</summary>
    public static void Register()
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        SqlMapper.RemoveTypeMap(typeof(Guid));
        SqlMapper.RemoveTypeMap(typeof(Guid?));
        SqlMapper.RemoveTypeMap(typeof(DateTimeOffset));
        SqlMapper.RemoveTypeMap(typeof(DateTimeOffset?));
        SqlMapper.AddTypeHandler(new GuidHandler());
        SqlMapper.AddTypeHandler(new InstantHandler());
    }

    /// <summary>Since 1970, UTC.</summary>
    public static long Microseconds(DateTimeOffset instant) => (instant.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TicksPerMicrosecond;

    private sealed class GuidHandler : SqlMapper.TypeHandler<Guid>
    {
        public override Guid Parse(object value) => value is Guid id ? id : Guid.Parse((string)value);

        public override void SetValue(IDbDataParameter parameter, Guid value) =>
            parameter.Value = parameter is SqliteParameter ? value.ToString() : value;
    }

    private sealed class InstantHandler : SqlMapper.TypeHandler<DateTimeOffset>
    {
        public override DateTimeOffset Parse(object value) => value switch
        {
            long microseconds => new(DateTimeOffset.UnixEpoch.Ticks + microseconds * TicksPerMicrosecond, TimeSpan.Zero),
            DateTime time => new(DateTime.SpecifyKind(time, DateTimeKind.Utc)),
            _ => ((DateTimeOffset)value).ToUniversalTime(),
        };

        public override void SetValue(IDbDataParameter parameter, DateTimeOffset value) =>
            parameter.Value = parameter is SqliteParameter ? Microseconds(value) : value.ToUniversalTime();
    }
}
