using System.Collections.Immutable;
using LimoCha.Actors.Kernel;

namespace LimoCha.Actors.Consent;

/// <summary>Consent flags of one subject: who may change them, what a change means, whether a purpose is allowed.</summary>
public static class ConsentRules
{
    /// <summary>The flag of a declared purpose, or a refusal for one that is not declared (B1).</summary>
    public static Outcome<ConsentFlag> Find(
        ImmutableDictionary<string, ConsentFlag> flags, string purpose, IReadOnlyList<string> declared, int version) =>
        declared.Contains(purpose)
            ? Outcome.Of(flags.GetValueOrDefault(purpose) ?? new ConsentFlag { Purpose = purpose }, version)
            : Refusal.NotFound("purpose");

    /// <summary>True only after a grant that was not withdrawn.</summary>
    public static bool Allows(ImmutableDictionary<string, ConsentFlag> flags, string purpose) =>
        flags.TryGetValue(purpose, out var flag) && flag.State == ConsentState.Granted;

    /// <summary>The flag after an answer; null when it says what already stands.</summary>
    public static Outcome<ConsentFlag> Set(
        ImmutableDictionary<string, ConsentFlag> flags, string purpose, IReadOnlyList<string> declared, SetConsent command, DateTimeOffset now)
    {
        if (!declared.Contains(purpose))
        {
            return Refusal.NotFound("purpose");
        }

        var current = flags.GetValueOrDefault(purpose)?.State ?? ConsentState.NotAsked;
        return command.State switch
        {
            null or ConsentState.NotAsked =>
                Refusal.Invalid("state", "State is one of granted, refused, withdrawn."),
            ConsentState.Withdrawn when current is not (ConsentState.Granted or ConsentState.Withdrawn) =>
                Refusal.Conflict("consent-not-given", "Only a consent that was given can be withdrawn; say refused instead."),
            { } state => Outcome.Of(
                new ConsentFlag
                {
                    Purpose = purpose, State = state, At = now, PolicyVersion = command.PolicyVersion, Channel = command.Channel,
                },
                0),
        };
    }
}
