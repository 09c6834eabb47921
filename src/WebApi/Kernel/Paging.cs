using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Dapper;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.Search;
using LimoCha.Actors.Storage;
using Microsoft.AspNetCore.Mvc;

namespace LimoCha.Actors.Kernel;

/// <summary>What every list takes, beside its own filter. Filters do not derive from it: bound at compile time, inherited properties are left out.</summary>
public sealed class ListRequest
{
    /// <summary>How many; 1 to 200, default 50.</summary>
    [FromQuery(Name = "limit"), Range(1, 200)] public int? Limit { get; init; }
    /// <summary>Where the page before ended; from its <c>nextCursor</c>.</summary>
    [FromQuery(Name = "cursor"), StringLength(500)] public string? Cursor { get; init; }
    /// <summary>A field, with '-' before it for descending.</summary>
    [FromQuery(Name = "sort"), StringLength(40)] public string? Sort { get; init; }
    /// <summary>Text to look for.</summary>
    [FromQuery(Name = "q"), StringLength(100)] public string? Q { get; init; }
}

/// <summary>An enum in a query string, written as in JSON (camelCase) and read without regard to case.</summary>
public readonly record struct Choice<T>(T Value)
    where T : struct, Enum
{
    /// <summary>Reads a name; numbers are not names.</summary>
    public static bool TryParse(string? text, IFormatProvider? provider, out Choice<T> choice)
    {
        var known = Enum.TryParse<T>(text, ignoreCase: true, out var value) && Enum.IsDefined(value) && char.IsLetter(text![0]);
        choice = new(value);
        return known;
    }
}

/// <summary>A page of a list.</summary>
/// <param name="Items">The rows.</param>
/// <param name="NextCursor">For the next page; null on the last.</param>
/// <param name="AsOf">When it was read (UTC).</param>
[NotPersonal]
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor, DateTimeOffset AsOf);

/// <summary>A field that a list can be sorted by.</summary>
/// <param name="Expression">SQL that is never null.</param>
/// <param name="Value">The same of a row, for the cursor.</param>
[NotPersonal]
public sealed record SortKey<TRow>(string Expression, Func<TRow, object> Value);

/// <summary>Keyset paging over one table: stable under inserts, and as fast on the last page as on the first.</summary>
public sealed class ListQuery<TRow>(Database database, string table, string columns, IReadOnlyDictionary<string, SortKey<TRow>> sorts)
    where TRow : IProjectedRow
{
    private const int DefaultLimit = 50;

    private readonly List<string> conditions = [];
    private readonly DynamicParameters parameters = new();
    private Func<bool, CancellationToken, Task<IdRanges?>>? where;
    private string? whole;
    private IReadOnlyList<string> parts = [];

    /// <summary>Adds a condition with its parameter.</summary>
    public ListQuery<TRow> Where(string condition, string? name = null, object? value = null)
    {
        conditions.Add(condition);
        if (name is not null)
        {
            parameters.Add(name, value);
        }

        return this;
    }

    /// <summary>Adds a parameter that several conditions share.</summary>
    public ListQuery<TRow> With(string name, object? value)
    {
        parameters.Add(name, value);
        return this;
    }

    /// <summary>Adds a condition when there is a value.</summary>
    public ListQuery<TRow> WhereIf(object? value, string condition, string name) => value is null ? this : Where(condition, name, value);

    /// <summary>Adds "one of these columns contains the text", when there is a text.</summary>
    public ListQuery<TRow> Search(string? q, params string[] searched) => string.IsNullOrWhiteSpace(q) ? this : Either(q, searched.Select(column => database.Contains(column, "q", q)));

    /// <summary>
    /// Adds "this column contains the text, or that one has all these tokens" (<see cref="Privacy.BlindIndex"/>). PostgreSQL has indexes of
    /// both: of the column's pairs of characters, and of the tokens.
    /// </summary>
    public ListQuery<TRow> SearchIndexed(string q, string column, IReadOnlyList<string> tokens, string tokenColumn)
    {
        ArgumentNullException.ThrowIfNull(q);
        ArgumentNullException.ThrowIfNull(tokens);
        var (contains, indexed) = (database.Contains(column, "q", q), database.Kind == DatabaseKind.PostgreSql);
        if (indexed && q.Trim().EnumerateRunes().Count() > 1)
        {
            // In this order: the pairs of a row that was found another way are worked out only when it has the text.
            contains = $"({contains} AND text_pieces({column}) @> wanted_pieces(@text))";
            parameters.Add("text", q.Trim());
        }

        if (tokens.Count == 0)
        {
            return Either(q, [contains]);
        }

        for (var i = 0; i < tokens.Count; i++)
        {
            parameters.Add($"token{i}", indexed ? tokens[i] : $"%{tokens[i]}%");
        }

        return Either(q, [contains, indexed
            ? $"string_to_array({tokenColumn}, ' ') @> ARRAY[{string.Join(", ", tokens.Select((_, i) => $"@token{i}"))}]"
            : $"({string.Join(" AND ", tokens.Select((_, i) => $"{tokenColumn} LIKE @token{i}"))})"]);
    }

    private ListQuery<TRow> Either(string q, IEnumerable<string> conditions)
    {
        var pattern = q.Trim().Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal);
        return Where($"({string.Join(" OR ", conditions)})", "q", $"%{pattern}%");
    }

    /// <summary>
    /// Looks first where rows may be that fulfil the conditions. The list is in the order of ids, or the ranges are all there are;
    /// what they do not fill a page from is read through.
    /// </summary>
    /// <param name="ranges">Finds them, newest (true) or oldest first; null when there is nothing to gain.</param>
    public ListQuery<TRow> Within(Func<bool, CancellationToken, Task<IdRanges?>> ranges)
    {
        where = ranges;
        return this;
    }

    /// <summary>
    /// Adds a condition that is also known in parts: each row that fulfils it is in exactly one of them. Reading through reads each part by an index of
    /// its own and merges them; asked for the whole besides, the planner would take it for a filter that leaves hardly a row, and sort.
    /// </summary>
    public ListQuery<TRow> In(string whole, IReadOnlyList<string> parts)
    {
        (this.whole, this.parts) = (whole, parts);
        return this;
    }

    /// <summary>Reads a page.</summary>
    public Task<Outcome<Page<TView>>> ReadAsync<TView>(ListRequest request, string defaultSort, Func<TRow, TView> view, TimeProvider clock, CancellationToken cancellationToken) =>
        ReadAsync(request, defaultSort, rows => Task.FromResult<IReadOnlyList<TView>>([.. rows.Select(view)]), clock, cancellationToken);

    /// <summary>Reads a page whose rows are turned into answers together; there may be fewer answers than rows.</summary>
    public async Task<Outcome<Page<TView>>> ReadAsync<TView>(ListRequest request, string defaultSort, Func<IReadOnlyList<TRow>, Task<IReadOnlyList<TView>>> views, TimeProvider clock, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(views);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(clock);
        var sort = request.Sort ?? defaultSort;
        var descending = sort.StartsWith('-');
        if (!sorts.TryGetValue(sort.TrimStart('-'), out var key))
        {
            return Refusal.Invalid("sort", $"Sort is one of {string.Join(", ", sorts.Keys)}, with '-' before it for descending.");
        }

        var (direction, beyond) = descending ? ("DESC", "<") : ("ASC", ">");
        if (request.Cursor is not null)
        {
            if (!Cursor.TryRead(request.Cursor, sort, out var value, out var id))
            {
                return Refusal.Invalid("cursor", "The cursor is not one that a list with this sort gave.");
            }

            parameters.Add("cursorId", id);
            parameters.Add("cursorValue", value);
            conditions.Add($"({key.Expression}, id) {beyond} (@cursorValue, @cursorId)");
        }

        var limit = request.Limit ?? DefaultLimit;
        var asOf = clock.GetUtcNow();
        var rows = await RowsAsync(key.Expression, direction, limit + 1, cancellationToken);
        var more = rows.Count > limit;
        var items = rows.Take(limit).ToList();
        return Outcome.Of(new Page<TView>(await views(items), more ? Cursor.Write(sort, key.Value(items[^1]), items[^1].Id) : null, asOf), 0);
    }

    private async Task<List<TRow>> RowsAsync(string key, string direction, int most, CancellationToken cancellationToken)
    {
        string Filtered(params IEnumerable<string?> more) => conditions.Concat(more).OfType<string>().ToList() is { Count: > 0 } all ? $"WHERE {string.Join(" AND ", all)}" : "";
        var byId = key == "id";
        var (order, limit) = (byId ? $"id {direction}" : $"{key} {direction}, id {direction}", $"LIMIT {most}");
        var ranges = where is null ? null : await where(!byId || direction == "DESC", cancellationToken);
        await using var connection = await database.OpenAsync(cancellationToken);
        Task<List<TRow>> QueryAsync(string sql) => connection.QueryAsync<TRow>(new CommandDefinition($"{sql} {limit}", parameters, cancellationToken: cancellationToken));
        if (ranges is not null && (byId || ranges.All))
        {
            parameters.Add("after", ranges.After);
            parameters.Add("last", ranges.Last);
            // By range first where the list is by id: it ends with the range that fills the page. OFFSET 0 keeps the look into a range a query of
            // its own: a join would be turned round and read the table for each range.
            var found = await QueryAsync(
                $"""
                SELECT {columns} FROM (SELECT * FROM unnest(@after, @last) WITH ORDINALITY r(after_id, last_id, range) ORDER BY range) ranges
                CROSS JOIN LATERAL (SELECT {columns} FROM {table} {Filtered(whole, "id > after_id", "id <= last_id")} OFFSET 0) found
                ORDER BY {(byId ? "range, " : "")}{order}
                """);
            if (ranges.All || found.Count == most)
            {
                return found;
            }
        }

        var read = parts.Select(part => $"SELECT * FROM (SELECT {columns} FROM {table} {Filtered(part)} ORDER BY {order} {limit}) part");
        return await QueryAsync($"SELECT {columns} FROM {(parts.Count == 0 ? $"{table} {Filtered(whole)}" : $"({string.Join(" UNION ALL ", read)}) parts")} ORDER BY {order}");
    }

    private static class Cursor
    {
        public static string Write(string sort, object value, Guid id)
        {
            var (kind, text) = value switch
            {
                DateTimeOffset instant => ("d", instant.ToString("O", CultureInfo.InvariantCulture)),
                int number => ("i", number.ToString(CultureInfo.InvariantCulture)),
                Guid guid => ("g", guid.ToString()),
                _ => ("s", (string)value),
            };
            return Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(new[] { sort, kind, text, id.ToString() })).Replace('+', '-').Replace('/', '_').TrimEnd('=');
        }

        public static bool TryRead(string cursor, string sort, out object? value, out Guid id)
        {
            (value, id) = (null, default);
            try
            {
                var base64 = cursor.Replace('-', '+').Replace('_', '/');
                var bytes = Convert.FromBase64String(base64.PadRight((base64.Length + 3) / 4 * 4, '='));
                if (JsonSerializer.Deserialize<string[]>(bytes) is not [var of, var kind, var text, var key] || of != sort || !Guid.TryParse(key, out id))
                {
                    return false;
                }

                value = kind switch
                {
                    "d" => DateTimeOffset.ParseExact(text, "O", CultureInfo.InvariantCulture),
                    "i" => int.Parse(text, CultureInfo.InvariantCulture),
                    "g" => Guid.Parse(text),
                    _ => text,
                };
                return true;
            }
            catch (Exception error) when (error is FormatException or JsonException or OverflowException or DecoderFallbackException)
            {
                return false;
            }
        }
    }
}
