using Dapper;
using LimoCha.Actors.ReadModel;
using LimoCha.Actors.Storage;

namespace LimoCha.Actors.Consent;

/// <summary>Reads receipts.</summary>
internal static class Receipts
{
    private const int Most = 200;

    /// <summary>A subject's receipts, newest first.</summary>
    public static async Task<IReadOnlyList<ConsentReceipt>> ReadAsync(Database database, Guid subjectId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.QueryAsync<ConsentReceipt>(new CommandDefinition(
            $"SELECT id, subject_id, purpose, data_class, state, at, jws FROM {ReadTables.ConsentReceipt.Name} WHERE subject_id = @subjectId ORDER BY id DESC LIMIT {Most}",
            new { subjectId }, cancellationToken: cancellationToken));
    }
}
