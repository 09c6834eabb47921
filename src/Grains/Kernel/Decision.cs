namespace LimoCha.Actors.Kernel;

/// <summary>What a pure rule answers: the facts to record, or a refusal. No facts means "nothing to do, and that is fine".</summary>
public readonly record struct Decision<TEvent>
    where TEvent : class
{
    private Decision(IReadOnlyList<TEvent> events, Refusal? refusal)
    {
        Events = events;
        Refusal = refusal;
    }

    /// <summary>The facts, in order.</summary>
    public IReadOnlyList<TEvent> Events { get; }

    /// <summary>Why not, when not.</summary>
    public Refusal? Refusal { get; }

    /// <summary>Nothing to record.</summary>
    public static Decision<TEvent> Nothing => new([], null);

    /// <summary>These facts, in order.</summary>
    public static Decision<TEvent> Facts(params IReadOnlyList<TEvent> events) => new(events, null);

    /// <summary>A refusal is a decision.</summary>
    public static implicit operator Decision<TEvent>(Refusal refusal) => new([], refusal);

    /// <summary>A fact is a decision.</summary>
    public static implicit operator Decision<TEvent>(TEvent fact) => new([fact], null);
}
