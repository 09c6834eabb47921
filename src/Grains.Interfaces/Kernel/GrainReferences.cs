namespace LimoCha.Actors.Kernel;

/// <summary>
/// References by key without the reflection that <c>GetGrain&lt;T&gt;</c> does on every call: the two type names of an
/// interface are looked up once per process.
/// </summary>
public static class GrainReferences
{
    /// <summary>The actor with this key.</summary>
    public static TGrain Grain<TGrain>(this IGrainFactory factory, Guid key)
        where TGrain : IGrainWithGuidKey
    {
        ArgumentNullException.ThrowIfNull(factory);
        if (Names<TGrain>.Known is not { } known)
        {
            var first = factory.GetGrain<TGrain>(key);
            Names<TGrain>.Known = (first.GetGrainId().Type, ((GrainReference)(object)first).InterfaceType);
            return first;
        }

        return (TGrain)factory.GetGrain(GrainId.Create(known.Type, GrainIdKeyExtensions.CreateGuidKey(key)), known.Interface);
    }

    private static class Names<TGrain>
    {
        // Written more than once at worst, always with the same value.
        public static (GrainType Type, GrainInterfaceType Interface)? Known { get; set; }
    }
}
