using System.Text.Json.Serialization;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.Sharing;

/// <summary>Content's state.</summary>
[NotPersonal]
public sealed record ContentState : StateRecord
{
    public bool Made { get; init; }
    public SaveContent Content { get; init; } = new();
    public Guid CreatedById { get; init; }
    /// <summary>Its maker's department, whose managers may change it.</summary>
    public Guid? DepartmentId { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>A fact about content.</summary>
[JsonDerivedType(typeof(ContentSaved), "saved")]
public abstract record ContentEvent;

/// <summary>Made or changed.</summary>
public sealed record ContentSaved(SaveContent Content, Guid ById, Guid? DepartmentId) : ContentEvent;

/// <summary>A link's state.</summary>
[NotPersonal]
public sealed record ShareState : StateRecord
{
    public bool Made { get; init; }
    public Guid ContentId { get; init; }
    public string Channel { get; init; } = "";
    public Guid SharedById { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public int Visits { get; init; }
}

/// <summary>A fact about a link.</summary>
[JsonDerivedType(typeof(ShareMade), "made")]
[JsonDerivedType(typeof(ShareVisited), "visited")]
public abstract record ShareEvent;

/// <summary>Made.</summary>
[NotPersonal]
public sealed record ShareMade(Guid ContentId, string Channel, Guid ById) : ShareEvent;

/// <summary>Visited; by which browser stands in the visit's row alone, which is purged in time.</summary>
public sealed record ShareVisited(int Order) : ShareEvent
{
    /// <summary>Travels to the row, never to the outbox or the event log.</summary>
    [JsonIgnore, NotPersonal] public string Browser { get; init; } = "other";
    /// <summary>Travels to the row, never to the outbox or the event log.</summary>
    [JsonIgnore, NotPersonal] public string System { get; init; } = "other";
}

/// <summary>Who may make, change and share content.</summary>
public static class SharingRules
{
    /// <summary>Makes or changes content.</summary>
    public static Decision<ContentEvent> Save(ContentState state, SaveContent command, Actor by, bool makes) =>
        by.Role == Role.Auditor ? Refusal.Forbidden("Auditors read.")
        : makes && state.Made ? Refusal.Conflict("already-exists", "There is content with this id already.")
        : !makes && !state.Made ? Refusal.NotFound("content")
        : !makes && !MayChange(state, by) ? Refusal.Forbidden("Its maker, managers of the maker's department and admins change content.")
        : command.Kind == ContentKind.Article && string.IsNullOrWhiteSpace(command.Text) ? Refusal.Invalid("text", "An article has a text.")
        : command.Kind != ContentKind.Article && !(Uri.TryCreate(command.Address, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps) ? Refusal.Invalid("address", "A picture or video has an https address.")
        : state.Made && state.Content == command ? Decision<ContentEvent>.Nothing
        : new ContentSaved(command with { Title = command.Title.Trim() }, by.UserId, by.DepartmentId);

    /// <summary>Shares.</summary>
    public static Decision<ShareEvent> Share(ShareState state, Guid contentId, ContentView? content, ShareContent command, Actor by) =>
        by.Role == Role.Auditor ? Refusal.Forbidden("Auditors read.")
        : state.Made ? Refusal.Conflict("already-exists", "There is a link with this id already.")
        : content is null || content.Withdrawn ? Refusal.NotFound("content")
        : new ShareMade(contentId, command.Channel, by.UserId);

    /// <summary>Counts a visit.</summary>
    public static Decision<ShareEvent> Visit(ShareState state, ContentView? content, string browser, string system)
    {
        ArgumentNullException.ThrowIfNull(state);
        return !state.Made || content is null || content.Withdrawn ? Refusal.NotFound("link") : new ShareVisited(state.Visits + 1) { Browser = browser, System = system };
    }

    private static bool MayChange(ContentState state, Actor by) =>
        state.CreatedById == by.UserId || by.Role == Role.Admin || by.Role == Role.Manager && by.DepartmentId is { } department && department == state.DepartmentId;

    /// <summary>The state with a fact added.</summary>
    public static ContentState Apply(ContentState state, ContentEvent fact, DateTimeOffset at) => fact switch
    {
        ContentSaved f when !state.Made => state with { Made = true, Content = f.Content, CreatedById = f.ById, DepartmentId = f.DepartmentId, CreatedAt = at },
        ContentSaved f => state with { Content = f.Content },
        _ => state,
    };

    /// <summary>The state with a fact added.</summary>
    public static ShareState Apply(ShareState state, ShareEvent fact, DateTimeOffset at) => fact switch
    {
        ShareMade f => state with { Made = true, ContentId = f.ContentId, Channel = f.Channel, SharedById = f.ById, CreatedAt = at },
        ShareVisited f => state with { Visits = f.Order },
        _ => state,
    };
}
