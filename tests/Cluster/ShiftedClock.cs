using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LimoCha.Actors.Cluster;

/// <summary>The real clock, set forward by the test: for what falls due in minutes or days.</summary>
internal sealed class ShiftedClock : TimeProvider
{
    private long ticks;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref ticks));

    public void Forward(TimeSpan by) => Interlocked.Add(ref ticks, by.Ticks);

    public void Use(IServiceCollection services) => services.Replace(ServiceDescriptor.Singleton<TimeProvider>(this));
}
