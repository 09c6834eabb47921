using System.Reflection;
using System.Text;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Storage;
using Npgsql;

namespace LimoCha.Actors.ReadModel;

/// <summary>Writes rows of one type into their table; the columns are the type's properties in snake_case.</summary>
public interface IReadTable
{
    /// <summary>The table.</summary>
    string Name { get; }

    /// <summary>The rows' type.</summary>
    Type RowType { get; }

    /// <summary>The columns, for a SELECT.</summary>
    string Columns { get; }

    /// <summary>Adds the upsert of these rows to a PostgreSQL batch, or their insert when none can be there yet.</summary>
    void AddTo(NpgsqlBatch batch, IReadOnlyList<IProjectedRow> rows, bool first);

    /// <summary>Upserts these rows on SQLite, within the caller's transaction.</summary>
    void Upsert(SqliteWriter writer, IReadOnlyList<IProjectedRow> rows);
}

/// <inheritdoc cref="IReadTable" />
public sealed class ReadTable<TRow> : IReadTable
    where TRow : IProjectedRow
{
    private readonly Column[] columns;
    private readonly string postgresInsert;
    private readonly string postgresUpsert;
    private readonly string sqlite;

    /// <summary>Derives the statements from the type.</summary>
    public ReadTable(string name)
    {
        Name = name;
        columns = [.. typeof(TRow).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite).Select(Column.Of)];
        Columns = string.Join(", ", columns.Select(column => column.Name));
        var changes = string.Join(", ", columns.Where(column => column.Name != "id").Select(column => $"{column.Name} = excluded.{column.Name}"));
        var onConflict = $"ON CONFLICT (id) DO UPDATE SET {changes} WHERE {name}.version < excluded.version";
        postgresInsert = $"INSERT INTO {name} ({Columns}) SELECT * FROM unnest({string.Join(", ", columns.Select((column, i) => $"${i + 1}::{column.PostgresType}[]"))})";
        postgresUpsert = $"{postgresInsert} {onConflict}";
        sqlite = $"INSERT INTO {name} ({Columns}) VALUES ({string.Join(", ", columns.Select((_, i) => $"?{i + 1}"))}) {onConflict}";
    }

    /// <inheritdoc />
    public string Name { get; }

    /// <inheritdoc />
    public Type RowType => typeof(TRow);

    /// <inheritdoc />
    public string Columns { get; }

    /// <inheritdoc />
    public void AddTo(NpgsqlBatch batch, IReadOnlyList<IProjectedRow> rows, bool first)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var command = new NpgsqlBatchCommand(first ? postgresInsert : postgresUpsert);
        foreach (var column in columns)
        {
            command.Parameters.Add(column.Array(rows));
        }

        batch.BatchCommands.Add(command);
    }

    /// <inheritdoc />
    public void Upsert(SqliteWriter writer, IReadOnlyList<IProjectedRow> rows)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(rows);
        var statement = writer.Prepared(sqlite);
        foreach (var row in rows)
        {
            for (var i = 0; i < columns.Length; i++)
            {
                columns[i].Set(statement, i + 1, row);
            }

            statement.Run();
        }
    }

    /// <summary>snake_case of a property's name.</summary>
    internal static string Snake(string name)
    {
        var text = new StringBuilder(name.Length + 8);
        foreach (var letter in name)
        {
            if (char.IsUpper(letter) && text.Length > 0)
            {
                text.Append('_');
            }

            text.Append(char.ToLowerInvariant(letter));
        }

        return text.ToString();
    }

    private abstract record Column(string Name, string PostgresType)
    {
        public abstract void Set(SqliteStatement statement, int at, IProjectedRow row);

        public abstract NpgsqlParameter Array(IReadOnlyList<IProjectedRow> rows);

        public static Column Of(PropertyInfo property)
        {
            var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            var (postgres, stored) = type switch
            {
                _ when type == typeof(Guid) => ("uuid", property.PropertyType),
                _ when type == typeof(DateTimeOffset) => ("timestamptz", property.PropertyType),
                _ when type == typeof(string) => ("text", typeof(string)),
                _ when type == typeof(bool) => ("boolean", typeof(bool)),
                _ when type == typeof(double) => ("double precision", typeof(double)),
                _ when type == typeof(int) || type.IsEnum => ("integer", typeof(int)),
                _ => throw new NotSupportedException($"{typeof(TRow).Name}.{property.Name} has a type that the read model does not keep."),
            };
            var column = typeof(Column<,>).MakeGenericType(typeof(TRow), property.PropertyType, stored);
            return (Column)Activator.CreateInstance(column, Snake(property.Name), postgres, property)!;
        }
    }

    private sealed record Column<TValue, TStored> : Column
    {
        private readonly Func<TRow, TValue> get;

        public Column(string name, string postgresType, PropertyInfo property)
            : base(name, postgresType) => get = property.GetGetMethod()!.CreateDelegate<Func<TRow, TValue>>();

        public override void Set(SqliteStatement statement, int at, IProjectedRow row) => statement.Set(at, get((TRow)row));

        public override NpgsqlParameter Array(IReadOnlyList<IProjectedRow> rows)
        {
            var values = new TStored[rows.Count];
            for (var i = 0; i < values.Length; i++)
            {
                var value = get((TRow)rows[i]);
                values[i] = value is TStored same ? same : value is null ? default! : (TStored)(object)Convert.ToInt32(value, null);
                if (values[i] is string text && text.Contains('\0', StringComparison.Ordinal))
                {
                    // PostgreSQL keeps every character but this one: the row would never be written.
                    values[i] = (TStored)(object)text.Replace('\0', '\ufffd');
                }
            }

            return new NpgsqlParameter<TStored[]> { TypedValue = values };
        }
    }
}
