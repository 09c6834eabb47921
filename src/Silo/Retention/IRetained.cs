using LimoCha.Actors.Storage;

namespace LimoCha.Actors.Retention;

/// <summary>What is kept for a purpose and no longer.</summary>
internal interface IRetained
{
    /// <summary>Whose retention counts, as the catalogue has it now.</summary>
    string Purpose { get; }

    /// <summary>Takes out what is older; answers how much. Repeating it changes nothing.</summary>
    Task<int> PurgeAsync(DateTimeOffset before, CancellationToken cancellationToken);
}

/// <summary>Rows that nothing hangs on.</summary>
/// <param name="database">Where they are.</param>
/// <param name="purpose">What they are kept for.</param>
/// <param name="purge">The statement that deletes those older than <c>@before</c>.</param>
internal sealed class RetainedRows(Database database, string purpose, string purge) : IRetained
{
    public string Purpose => purpose;

    public Task<int> PurgeAsync(DateTimeOffset before, CancellationToken cancellationToken) => database.ExecuteAsync(purge, new { before }, cancellationToken);
}
