using LimoCha.Actors.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace LimoCha.Actors.Cluster;

/// <summary>A store that commits and then, when told to, loses the answer as a cut connection would.</summary>
internal sealed class LossyStore : IStateStore
{
    private IStateStore inner = default!;

    public bool LoseNextAnswer { get; set; }

    public int WriteLanes => inner.WriteLanes;

    public void Wrap(IServiceCollection services) => services.AddSingleton<IStateStore>(provider =>
    {
        inner = provider.GetRequiredService<SqliteStateStore>();
        return this;
    });

    public async Task<int?[]> WriteAsync(IReadOnlyList<PendingWrite> batch)
    {
        var versions = await inner.WriteAsync(batch);
        if (LoseNextAnswer)
        {
            LoseNextAnswer = false;
            throw new IOException("The connection was cut.");
        }

        return versions;
    }

    public bool TryRead<TTarget>(GrainRowKey key, TTarget target, RowTaker<TTarget> take) => inner.TryRead(key, target, take);

    public Task<(byte[]? Payload, int Version)?[]> ReadAsync(IReadOnlyList<PendingRead> batch) => inner.ReadAsync(batch);
}
