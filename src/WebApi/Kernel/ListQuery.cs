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
        var order = new Order(key.Expression, descending, none);
        if (request.Cursor is not null)
        {
            if (!ListCursor.TryRead(request.Cursor, sort, out var value, out var id) || value.GetType() != (key.Value(new()) ?? none).GetType())
            {
                return Refusal.Invalid("cursor", "The cursor is not one that a list with this sort gave.");
            }

            parameters.Add("cursorId", id);
            parameters.Add("cursorValue", value);
            order = order with { After = value };
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
                CROSS JOIN LATERAL (SELECT {columns} FROM {table} {Filtered(whole, order.Beyond(), "id > after_id", "id <= last_id")} OFFSET 0) found
                ORDER BY {(order.ById ? "range, " : "")}{order.By()}
                """);
            if (ranges.All || found.Count == most)
            {
                return found;
            }
        }

        // Rows without a key come last: they are looked for when the others do not fill the page.
        var read = from part in parts.DefaultIfEmpty(whole) from ordered in inOrder(order.Key).DefaultIfEmpty() select (part, ordered);
        List<TRow> rows = [];
        foreach (var kind in read.GroupBy(one => one.ordered?.Same == OrderedPart.None).OrderBy(group => group.Key))
        {
            var left = kind.Where(one => !order.IsPast(one.ordered)).ToList();
            if (left.Count > 0 && rows.Count < most)
            {
                string From((string? part, OrderedPart? ordered) one) => $"FROM {table} {Filtered(one.part, one.ordered?.Condition, order.Beyond(one.ordered))} ORDER BY {order.By(one.ordered)}";
                rows.AddRange(await QueryAsync(left switch
                {
                    // What is read whole to be sorted is read narrow: the rows themselves are those of the page.
                    [{ ordered: not null }, ..] => $"SELECT {columns} FROM {table} WHERE id IN ({Joined("id", left.Select(one => $"id, {one.ordered!.Key} AS sorted {From(one)}"), limit, order.Sorted("sorted"))} {limit}) ORDER BY {order.By()}",
                    [var only] => $"SELECT {columns} {From(only)}",
                    _ => Joined(columns, left.Select(one => $"{columns} {From(one)}"), limit, order.By()),
                }));
            }
        }

        return rows;
    }

    /// <summary>What several selects find, in the order of all.</summary>
    private static string Joined(string wanted, IEnumerable<string> selects, string limit, string by) =>
        $"SELECT {wanted} FROM ({string.Join(" UNION ALL ", selects.Select(select => $"SELECT * FROM (SELECT {select} {limit}) part"))}) parts ORDER BY {by}";

    /// <summary>The order of a list, and the key of the row that its page begins behind.</summary>
    private sealed record Order(string Key, bool Descending, object None, object? After = null)
    {
        public bool ById => Key == "id";

        private string Direction => Descending ? "DESC" : "ASC";
        private char Sign => Descending ? '<' : '>';

        /// <summary>Of a part whose rows have the same key by ids alone: a value is no column that a database would sort by.</summary>
        public string By(OrderedPart? part = null) => Sorted(part?.Same is not null ? "id" : part?.Key ?? Key);

        /// <summary>The same by a column that holds the key.</summary>
        public string Sorted(string column) => ById || column == "id" ? $"id {Direction}" : $"{column} {Direction}, id {Direction}";

        /// <summary>All of the part's rows were on pages before.</summary>
        public bool IsPast(OrderedPart? part) => ToCursor(part) < 0;

        /// <summary>The part's rows from this page on; null for all.</summary>
        public string? Beyond(OrderedPart? part = null) =>
            After is null || ToCursor(part) > 0 ? null
            : part?.Same is not null ? $"id {Sign} @cursorId"
            : $"({part?.Key ?? Key}, id) {Sign} (@cursorValue, @cursorId)";

        /// <summary>Where a part whose rows have the same key lies, seen from the cursor: before it (negative), at it (0) or behind it.</summary>
        private int ToCursor(OrderedPart? part) =>
            After is null || part?.Same is not { } same ? 0 : Comparer<object>.Default.Compare(same == OrderedPart.None ? None : same, After) * (Descending ? -1 : 1);
    }
}
