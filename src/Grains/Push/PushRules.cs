using LimoCha.Actors.Devices;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Notices;
using LimoCha.Actors.Staff;

namespace LimoCha.Actors.Push;

/// <summary>A push that waits to be sent to one phone.</summary>
public sealed record PlannedPush
{
    /// <summary>Follows from session, card and version, so that a repeat plans nothing new.</summary>
    public Guid Id { get; init; }
    public Guid UserId { get; init; }
    public Guid SessionId { get; init; }
    public PushVendor Vendor { get; init; }
    public string Token { get; init; } = "";
    /// <summary>What is shown once, however many there are: the newest replaces the ones before.</summary>
    public string CollapseKey { get; init; } = "";
    public string Kind { get; init; } = "";
    public Guid CardId { get; init; }
    public int CardVersion { get; init; }
    public bool Urgent { get; init; }
    /// <summary>What may be shown on a locked phone besides "there is something": a notice's title; never anything of a task (it may name a customer).</summary>
    public string? Title { get; init; }
    public string Language { get; init; } = "zh-CN";
    public DateTimeOffset DueAt { get; init; }
    public DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>Pushes on their way, in the database: they survive a crash and go out once.</summary>
public interface IPushQueue
{
    /// <summary>Queues them; those that were queued before are left as they are.</summary>
    Task AddAsync(IReadOnlyList<PlannedPush> pushes, CancellationToken cancellationToken = default);

    /// <summary>The person has a device connected: what waits is not needed any more.</summary>
    Task DropAsync(Guid userId, CancellationToken cancellationToken = default);
}

/// <summary>Whether, when and how a card is pushed.</summary>
public static class PushRules
{
    /// <summary>What comes within this time goes out as one.</summary>
    public static readonly TimeSpan Gather = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Life = TimeSpan.FromDays(3);

    /// <summary>The pushes of a card, one a phone that takes some; none when the person does not want them or has not consented.</summary>
    public static IReadOnlyList<PlannedPush> Plan(Guid userId, UserState person, bool consents, Card card, DateTimeOffset now, TimeZoneInfo zone)
    {
        ArgumentNullException.ThrowIfNull(person);
        ArgumentNullException.ThrowIfNull(card);
        var wanted = card.Mandatory || !person.Preferences.Off.Contains(card.Category);
        if (!wanted || !person.Enabled || !consents || card.ExpiresAt <= now)
        {
            return [];
        }

        var notice = card.Kind == NoticeRules.CardKind;
        var due = now + Gather;
        if (!card.Mandatory && person.Preferences.QuietHours is { } quiet && !quiet.Except.Contains(card.Category))
        {
            due = AfterQuiet(quiet, due, zone);
        }

        var expires = card.ExpiresAt is { } end && end < due + Life ? end : due + Life;
        return
        [
            .. person.Sessions.Where(session => session.Push is not null && session.ExpiresAt > now && due < expires).Select(session => new PlannedPush
            {
                Id = Ids.Derived(card.At, card.Id, $"push/{session.Id:N}/{card.Version}"), UserId = userId, SessionId = session.Id,
                Vendor = session.Push!.Vendor!.Value, Token = session.Push.Token, CollapseKey = notice ? $"notice-{card.Id:N}" : "tasks", Kind = card.Kind,
                CardId = card.Id, CardVersion = card.Version, Urgent = card.Mandatory || card.Data?.Priority is "high" or "urgent",
                Title = notice ? card.Title : null, Language = person.Preferences.Language, DueAt = due, ExpiresAt = expires,
            }),
        ];
    }

    /// <summary>The instant itself, or the end of the quiet hours that it falls into.</summary>
    public static DateTimeOffset AfterQuiet(QuietHours quiet, DateTimeOffset at, TimeZoneInfo zone)
    {
        ArgumentNullException.ThrowIfNull(quiet);
        ArgumentNullException.ThrowIfNull(zone);
        var local = TimeZoneInfo.ConvertTime(at, zone);
        // IsBetween goes over midnight when the end is earlier than the beginning.
        if (!TimeOnly.FromDateTime(local.DateTime).IsBetween(quiet.From, quiet.To))
        {
            return at;
        }

        var end = DateOnly.FromDateTime(local.DateTime).ToDateTime(quiet.To);
        end = end <= local.DateTime ? end.AddDays(1) : end;
        while (zone.IsInvalidTime(end))
        {
            end = end.AddMinutes(30);
        }

        return new DateTimeOffset(end, zone.GetUtcOffset(end)).ToUniversalTime();
    }
}
