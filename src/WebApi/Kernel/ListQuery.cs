using Dapper;
using LimoCha.Actors.ReadModel;
using LimoCha.Actors.Search;
using LimoCha.Actors.Storage;

namespace LimoCha.Actors.Kernel;

/// <summary>Keyset paging over one table: stable under inserts, and as fast on the last page as on the first.</summary>
public sealed class ListQuery<TRow>(Database database, string table, string columns, IReadOnlyDictionary<string, SortKey<TRow>> sorts)
    where TRow : IProjectedRow, new()
{
    private const int DefaultLimit = 50;

    private readonly List<string> conditions = [];
    private readonly DynamicParameters parameters = new();
    private Func<bool, CancellationToken, Task<IdRanges?>>? where;
    private string? whole;
    private IReadOnlyList<string> parts = [];
    private Func<string, IReadOnlyList<OrderedPart>> inOrder = _ => [];

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

    /// <summary>
    /// Reading through reads the table in parts, each by an index in the order that is asked for. Each row is in exactly one of them.
    /// </summary>
    /// <param name="partsBy">The parts for a sort's expression; none when the table is read as it is.</param>
    public ListQuery<TRow> InOrder(Func<string, IReadOnlyList<OrderedPart>> partsBy)
    {
        inOrder = partsBy;
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

        var none = descending ? DateTimeOffset.MinValue : DateTimeOffset.MaxValue;
        parameters.Add("none", none);
        var order = new Order(key.Expression, descending);
        if (request.Cursor is not null)
        {
            if (!ListCursor.TryRead(request.Cursor, sort, out var value, out var id) || value.GetType() != (key.Value(new()) ?? none).GetType())
            {
                return Refusal.Invalid("cursor", "The cursor is not one that a list with this sort gave.");
            }

            parameters.Add("cursorId", id);
            parameters.Add("cursorValue", value);
            order = order with { After = none.Equals(value) ? Place.InNone : Place.InKey };
        }

        var limit = request.Limit ?? DefaultLimit;
        var asOf = clock.GetUtcNow();
        var rows = await RowsAsync(order, limit + 1, cancellationToken);
        var more = rows.Count > limit;
        var items = rows.Take(limit).ToList();
        return Outcome.Of(new Page<TView>(await views(items), more ? ListCursor.Write(sort, key.Value(items[^1]) ?? none, items[^1].Id) : null, asOf), 0);
    }

    private async Task<List<TRow>> RowsAsync(Order order, int most, CancellationToken cancellationToken)
    {
        string Filtered(params IEnumerable<string?> more) => conditions.Concat(more).OfType<string>().ToList() is { Count: > 0 } all ? $"WHERE {string.Join(" AND ", all)}" : "";
        var limit = $"LIMIT {most}";
        var ranges = where is null ? null : await where(!order.ById || order.Descending, cancellationToken);
        await using var connection = await database.OpenAsync(cancellationToken);
        Task<List<TRow>> QueryAsync(string sql) => connection.QueryAsync<TRow>(new CommandDefinition($"{sql} {limit}", parameters, cancellationToken: cancellationToken));
        if (ranges is not null && (order.ById || ranges.All))
        {
            parameters.Add("after", ranges.After);
            parameters.Add("last", ranges.Last);
            // By range first where the list is by id: it ends with the range that fills the page. OFFSET 0 keeps the look into a range a query of
            // its own: a join would be turned round and read the table for each range.
            var found = await QueryAsync(
                $"""
                SELECT {columns} FROM (SELECT * FROM unnest(@after, @last) WITH ORDINALITY r(after_id, last_id, range) ORDER BY range) ranges
                CROSS JOIN LATERAL (SELECT {columns} FROM {table} {Filtered(whole, order.Beyond, "id > after_id", "id <= last_id")} OFFSET 0) found
                ORDER BY {(order.ById ? "range, " : "")}{order.By}
                """);
            if (ranges.All || found.Count == most)
            {
                return found;
            }
        }

        List<string> read = [.. from part in parts.DefaultIfEmpty(whole) from ordered in inOrder(order.Key).DefaultIfEmpty()
            let its = ordered is null ? order : order with { Key = ordered.Key }
            select $"SELECT {columns} FROM {table} {Filtered(part, ordered?.Condition, its.Beyond)} ORDER BY {its.By}"];
        return await QueryAsync(read is [var only] ? only : $"SELECT {columns} FROM ({string.Join(" UNION ALL ", read.Select(part => $"SELECT * FROM ({part} {limit}) part"))}) parts ORDER BY {order.By}");
    }

    /// <summary>Where a page begins: at the first row, or behind one with a key or with none.</summary>
    private enum Place
    {
        First,
        InKey,
        InNone,
    }

    /// <summary>The order of a list or of a part of it, and where its page begins.</summary>
    private sealed record Order(string Key, bool Descending, Place After = Place.First)
    {
        public bool ById => Key == "id";

        /// <summary>By ids alone where none has a key: a value is no column that a database would sort by.</summary>
        public string By => ById || AllNone ? $"id {Direction}" : $"{Key} {Direction}, id {Direction}";

        public string? Beyond => (After, AllNone) switch
        {
            (Place.First, _) or (Place.InKey, true) => null,
            (_, true) => $"id {Sign} @cursorId",
            _ => $"({Key}, id) {Sign} (@cursorValue, @cursorId)",
        };

        private bool AllNone => Key == "@none";
        private string Direction => Descending ? "DESC" : "ASC";
        private char Sign => Descending ? '<' : '>';
    }
}
