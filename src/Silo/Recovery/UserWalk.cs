using LimoCha.Actors.Privacy;
using LimoCha.Actors.Staff;
using Microsoft.Extensions.Logging;

namespace LimoCha.Actors.Recovery;

/// <summary>Does something with each person's actor that lives in this silo, some at the same time. With whom it fails is logged, and the others' turns come all the same.</summary>
internal sealed partial class UserWalk(LocalUsers users, ILogger<UserWalk> logger)
{
    private const int AtOnce = 16;

    /// <summary>In a turn of the actor and not by a message, which would keep everybody awake.</summary>
    public Task WalkAsync(string why, Func<IUserGrain, CancellationToken, Task> turn, CancellationToken stoppingToken) =>
        Parallel.ForEachAsync(users.Ids, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stoppingToken }, async (id, token) =>
        {
            try
            {
                await (users.TryGet(id, out var user) ? user.InTurnAsync(actor => turn(actor, token)) : Task.CompletedTask);
            }
            catch (Exception error) when (!token.IsCancellationRequested)
            {
                LogFailed(logger, id, why, error.GetType().Name);
            }
        });

    [LoggerMessage(Level = LogLevel.Warning, Message = "The actor of user {User} could not {Why} ({Error})")]
    private static partial void LogFailed(ILogger logger, Guid user, [NotPersonal] string why, [NotPersonal] string error);
}
