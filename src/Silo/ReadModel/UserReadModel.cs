using Dapper;
using LimoCha.Actors.Devices;
using LimoCha.Actors.Storage;
using LimoCha.Actors.Tasks;

namespace LimoCha.Actors.ReadModel;

/// <inheritdoc cref="IUserReadModel" />
internal sealed class UserReadModel(Database database) : IUserReadModel
{
    private const int MostCards = 500;

    public async Task<IReadOnlyList<Card>> OpenCardsAsync(Guid userId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await connection.QueryAsync<TaskRow>(
            $"SELECT {ReadTables.Task.Columns} FROM task WHERE assignee_id = @userId AND stage IN (1, 2, 4) ORDER BY id DESC LIMIT {MostCards}",
            new { userId });
        return [.. rows.Select(TaskProjection.Card)];
    }

    public async Task<(Guid LocationId, DateTimeOffset At)?> LastPlaceAsync(Guid userId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var last = await connection.QueryFirstOrDefaultAsync<Attendance.CheckInRow>(
            $"SELECT {ReadTables.CheckIn.Columns} FROM check_in WHERE user_id = @userId ORDER BY at DESC LIMIT 1", new { userId });
        return last is { Kind: Attendance.CheckInKind.In } ? (last.LocationId, last.At) : null;
    }
}
