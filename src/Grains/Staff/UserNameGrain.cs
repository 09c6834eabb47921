using LimoCha.Actors.Kernel;
using Orleans.Runtime;

namespace LimoCha.Actors.Staff;

/// <summary>Who has the name.</summary>
public sealed record UserNameState : StateRecord
{
    public Guid? UserId { get; init; }
}

/// <inheritdoc cref="IUserNameGrain" />
[GrainType("username")]
public sealed class UserNameGrain([PersistentState("username")] IPersistentState<UserNameState> row) : Grain, IUserNameGrain
{
    public async Task<bool> ClaimAsync(Guid userId, CancellationToken cancellationToken = default)
    {
        if (row.State.UserId is { } holder)
        {
            return holder == userId;
        }

        await WriteAsync(userId);
        return true;
    }

    public async Task ReleaseAsync(Guid userId, CancellationToken cancellationToken = default)
    {
        if (row.State.UserId == userId)
        {
            await WriteAsync(null);
        }
    }

    public Task<Guid?> FindAsync(CancellationToken cancellationToken = default) => Task.FromResult(row.State.UserId);

    private async Task WriteAsync(Guid? userId)
    {
        var before = row.State;
        row.State = before with { UserId = userId };
        try
        {
            await row.WriteStateAsync();
        }
        catch
        {
            row.State = before;
            DeactivateOnIdle();
            throw;
        }
    }
}
