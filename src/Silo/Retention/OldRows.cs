using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Dapper;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.Storage;
using Microsoft.Extensions.Logging;

namespace LimoCha.Actors.Retention;

/// <summary>Entities by a time in their rows, and what their actors are asked about them.</summary>
internal sealed partial class OldRows(Database database, IGrainFactory grains, ILogger<OldRows> logger)
{
    private const int Page = 500;
    private const int AtOnce = 16;

    /// <summary>Page by page from the oldest on.</summary>
    /// <param name="table">Where their rows are.</param>
    /// <param name="column">The time; the table has an index of it.</param>
    /// <param name="condition">Which of them, for an SQL condition.</param>
    /// <param name="before">What is older than this.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async IAsyncEnumerable<IReadOnlyList<Guid>> PagesAsync(string table, string column, string condition, DateTimeOffset before, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var last = new OldRow { Since = DateTimeOffset.UnixEpoch };
        while (true)
        {
            List<OldRow> page;
            await using (var connection = await database.OpenIndexedAsync(cancellationToken))
            {
                page = await connection.QueryAsync<OldRow>(After(table, column, condition), new { before, last.Since, last.Id });
            }

            if (page.Count == 0)
            {
                yield break;
            }

            last = page[^1];
            yield return [.. page.Select(row => row.Id)];
        }
    }

    /// <summary>Asks each one's actor; answers those that said yes. One that fails does not hold the others up: it is found again.</summary>
    public async Task<IReadOnlyList<Guid>> AskAsync<TGrain>(IReadOnlyList<Guid> ids, Func<TGrain, CancellationToken, Task<bool>> ask, CancellationToken cancellationToken)
        where TGrain : IGrainWithGuidKey
    {
        ConcurrentBag<Guid> agreed = [];
        await Parallel.ForEachAsync(ids, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (id, token) =>
        {
            try
            {
                if (await ask(grains.Grain<TGrain>(id), token))
                {
                    agreed.Add(id);
                }
            }
            catch (Exception error) when (!token.IsCancellationRequested && error is not OutOfMemoryException)
            {
                LogFailed(logger, typeof(TGrain).Name, id, error.GetType().Name);
            }
        });
        return [.. agreed];
    }

    /// <summary>The page after a row. Where it begins is said apart: the comparison of rows alone is no place in every database's index.</summary>
    internal static string After(string table, string column, string condition) =>
        $"SELECT id, {column} AS since FROM {table} WHERE {condition} AND {column} < @before AND {column} >= @Since AND ({column}, id) > (@Since, @Id) ORDER BY {column}, id LIMIT {Page}";

    private sealed record OldRow
    {
        public Guid Id { get; init; }
        public DateTimeOffset Since { get; init; }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "What {Kind} {Id} keeps for too long could not be taken out ({Why}); trying again in an hour")]
    private static partial void LogFailed(ILogger logger, [NotPersonal] string kind, Guid id, [NotPersonal] string why);
}
