using System.Diagnostics.CodeAnalysis;
using Orleans.Runtime;
using Orleans.Runtime.GrainDirectory;

namespace LimoCha.Actors.Hosting;

/// <summary>
/// Where an actor is in a cluster of one silo: here, whether it is up or not. So nobody is asked, nothing is placed and nothing has to be remembered.
/// A silo that starts or stops answers nothing, and messages go the way of any cluster, which knows what to say then.
/// </summary>
internal sealed class OnlySilo(ILocalSiloDetails silo, ISiloStatusOracle status) : IGrainDirectoryCache
{
    /// <inheritdoc />
    public IEnumerable<(GrainAddress ActivationAddress, int Version)> KeyValues => [];

    /// <inheritdoc />
    public bool LookUp(GrainId key, [NotNullWhen(true)] out GrainAddress? result, out int version)
    {
        version = 0;
        result = status.CurrentStatus == SiloStatus.Active ? new() { GrainId = key, SiloAddress = silo.SiloAddress } : null;
        return result is not null;
    }

    /// <inheritdoc />
    public void AddOrUpdate(GrainAddress value, int version)
    {
    }

    /// <inheritdoc />
    public bool Remove(GrainId key) => false;

    /// <inheritdoc />
    public bool Remove(GrainAddress key) => false;

    /// <inheritdoc />
    public void Clear()
    {
    }
}
