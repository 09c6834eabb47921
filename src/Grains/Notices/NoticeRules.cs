using System.Collections.Immutable;
using LimoCha.Actors.Devices;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Staff;

namespace LimoCha.Actors.Notices;

/// <summary>Who may publish what to whom, who reads it, and who wants it.</summary>
public static class NoticeRules
{
    /// <summary>The kind of a notice's card.</summary>
    public const string CardKind = "notice";

    private const int Remembered = 1_000;
    private static readonly TimeSpan UsualLife = TimeSpan.FromDays(30);
    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(366);

    /// <summary>Publishes it.</summary>
    public static Decision<NoticeEvent> Publish(NoticeState state, PublishNotice command, Actor by, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(by);
        if (state.Made)
        {
            return Refusal.Conflict("already-exists", "There is a notice with this id already.");
        }

        if (string.IsNullOrWhiteSpace(command.Title) || command.Title.Length > 200)
        {
            return Refusal.Invalid("title", "Title has 1 to 200 characters.");
        }

        if (string.IsNullOrWhiteSpace(command.Category) || command.Category.Length > 40)
        {
            return Refusal.Invalid("category", "Category has 1 to 40 characters.");
        }

        if (command.Audience is not { } audience)
        {
            return Refusal.Invalid("audience", "Audience is required.");
        }

        if (audience.Kind is AudienceKind.Department or AudienceKind.Managers && audience.DepartmentId is null)
        {
            return Refusal.Invalid("audience.departmentId", "Which department?");
        }

        if (audience.Kind == AudienceKind.People && audience.UserIds is not { Count: > 0 and <= 500 })
        {
            return Refusal.Invalid("audience.userIds", "1 to 500 people.");
        }

        if (by.Role != Role.Admin && (by.Role != Role.Manager || command.Mandatory || audience.Kind == AudienceKind.Everyone
            || audience.DepartmentId is { } department && department != by.DepartmentId || audience.Kind == AudienceKind.People))
        {
            return Refusal.Forbidden("Managers publish to their department; everybody, named people and mandatory notices are an admin's.");
        }

        var expiresAt = command.ExpiresAt ?? now + UsualLife;
        return expiresAt <= now ? Refusal.Unprocessable("due-in-past", "It would have expired already.", "expiresAt")
            : expiresAt > now + LongestLife ? Refusal.Unprocessable("due-too-far", "A notice lives for at most a year.", "expiresAt")
            : new NoticePublished(command with { Title = command.Title.Trim() }, by.UserId, by.DepartmentId, expiresAt.ToUniversalTime());
    }

    /// <summary>Takes it back.</summary>
    public static Decision<NoticeEvent> Withdraw(NoticeState state, Actor by) =>
        !MayManage(state, by) ? MaySee(state, by) ? Refusal.Forbidden("Only who published it or an admin takes it back.") : Refusal.NotFound("notice")
        : state.Open ? new NoticeWithdrawn() : Decision<NoticeEvent>.Nothing;

    /// <summary>Ends it when its time is over.</summary>
    public static Decision<NoticeEvent> Expire(NoticeState state, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(state);
        return state.Open && state.ExpiresAt <= now ? new NoticeExpired() : Decision<NoticeEvent>.Nothing;
    }

    /// <summary>Who may see who read it, and take it back.</summary>
    public static bool MayManage(NoticeState state, Actor by)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(by);
        return state.Made && (by.Role == Role.Admin || state.PublishedById == by.UserId
            || by.Role == Role.Manager && state.Notice.Audience!.DepartmentId is { } department && department == by.DepartmentId);
    }

    /// <summary>Its audience, and those who see who reads it.</summary>
    public static bool MaySee(NoticeState state, Actor by) => MayManage(state, by) || state.Made && (by.SeesAll || IsFor(state, by));

    /// <summary>Whether it is for this person.</summary>
    public static bool IsFor(NoticeState state, Actor person)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(person);
        return state.Notice.Audience is { } audience && audience.Kind switch
        {
            AudienceKind.Everyone => true,
            AudienceKind.Department => person.DepartmentId is { } department && department == audience.DepartmentId,
            AudienceKind.Managers => person is { Role: Role.Manager, DepartmentId: { } managed } && managed == audience.DepartmentId,
            _ => audience.UserIds!.Contains(person.UserId),
        };
    }

    /// <summary>Whether this person's devices show a card: tasks always, notices until they are read and unless the category is off (A2).</summary>
    public static bool Wants(UserState person, Card card)
    {
        ArgumentNullException.ThrowIfNull(person);
        ArgumentNullException.ThrowIfNull(card);
        return card.Kind != CardKind || !person.NoticesRead.ContainsKey(card.Id) && (card.Mandatory || !person.Preferences.DeviceOff.Contains(card.Category));
    }

    /// <summary>The person has read it.</summary>
    public static Decision<UserEvent> Read(Guid userId, UserState person, Guid noticeId, bool forThem, Actor by)
    {
        ArgumentNullException.ThrowIfNull(person);
        ArgumentNullException.ThrowIfNull(by);
        return by.UserId != userId ? Refusal.Forbidden("Reading is the person's own act.")
            : person.NoticesRead.ContainsKey(noticeId) ? Decision<UserEvent>.Nothing
            : forThem ? new NoticeRead(noticeId)
            : Refusal.NotFound("notice");
    }

    /// <summary>Remembers that a notice was read; the oldest is forgotten beyond a thousand.</summary>
    public static ImmutableDictionary<Guid, DateTimeOffset> Remember(ImmutableDictionary<Guid, DateTimeOffset> read, Guid noticeId, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(read);
        read = read.SetItem(noticeId, at);
        return read.Count > Remembered ? read.Remove(read.MinBy(pair => pair.Value).Key) : read;
    }
}
