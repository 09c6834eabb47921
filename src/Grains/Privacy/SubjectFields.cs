namespace LimoCha.Actors.Privacy;

/// <summary>The fields of a person that can leave the company, one by one, with their classes.</summary>
/// <typeparam name="TState">What the person's actor knows.</typeparam>
public sealed class SubjectFields<TState>(params (string Name, DataClass Class, Func<TState, string?> Value)[] fields)
{
    private readonly Dictionary<string, (DataClass Class, Func<TState, string?> Value)> known = fields.ToDictionary(field => field.Name, field => (field.Class, field.Value));

    /// <summary>Their names.</summary>
    public IReadOnlySet<string> Names { get; } = fields.Select(field => field.Name).ToHashSet();

    /// <summary>The classes of these fields; null when one of them is none.</summary>
    public IReadOnlyList<DataClass>? ClassesOf(IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        List<DataClass> classes = [];
        foreach (var name in names)
        {
            if (!known.TryGetValue(name, out var field))
            {
                return null;
            }

            classes.Add(field.Class);
        }

        return [.. classes.Distinct()];
    }

    /// <summary>Exactly these fields, those that there are.</summary>
    public IReadOnlyDictionary<string, string> Pick(TState state, IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        return names.Distinct().Select(name => (Name: name, Value: known[name].Value(state))).Where(field => field.Value is { Length: > 0 }).ToDictionary(field => field.Name, field => field.Value!);
    }

    /// <summary>What is said to who asks for another.</summary>
    public string Allowed => string.Join(", ", Names.Order(StringComparer.Ordinal));
}
