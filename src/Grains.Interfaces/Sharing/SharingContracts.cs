using System.ComponentModel.DataAnnotations;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.Sharing;

/// <summary>What kind of content is shared (seed IX: articles, pictures, videos).</summary>
public enum ContentKind
{
    /// <summary>Text on a page of this deployment.</summary>
    Article = 0,
    /// <summary>A picture, at an address.</summary>
    Picture = 1,
    /// <summary>A video, at an address.</summary>
    Video = 2,
}

/// <summary>Makes or changes content.</summary>
[GenerateSerializer, Immutable, Alias("SaveContent"), NotPersonal]
public sealed record SaveContent
{
    /// <summary>1 to 120 characters.</summary>
    [Id(0), Required, StringLength(120, MinimumLength = 1)] public string Title { get; init; } = "";
    /// <summary>What it is.</summary>
    [Id(1), EnumDataType(typeof(ContentKind))] public ContentKind Kind { get; init; }
    /// <summary>An article's text; paragraphs are parted by empty lines. At most 20,000 characters.</summary>
    [Id(2), StringLength(20_000)] public string? Text { get; init; }
    /// <summary>Where a picture or video is: https.</summary>
    [Id(3), StringLength(500), Url] public string? Address { get; init; }
    /// <summary>True takes it back: its links show it no more.</summary>
    [Id(4)] public bool Withdrawn { get; init; }
}

/// <summary>Content.</summary>
[GenerateSerializer, Immutable, Alias("ContentView"), NotPersonal]
public sealed record ContentView
{
    /// <summary>UUIDv7.</summary>
    [Id(0)] public Guid Id { get; init; }
    /// <summary>Grows by one with each change; the ETag.</summary>
    [Id(1)] public int Version { get; init; }
    /// <summary>Its title.</summary>
    [Id(2)] public string Title { get; init; } = "";
    /// <summary>What it is.</summary>
    [Id(3)] public ContentKind Kind { get; init; }
    /// <summary>An article's text; left out of lists.</summary>
    [Id(4)] public string? Text { get; init; }
    /// <summary>Where a picture or video is.</summary>
    [Id(5)] public string? Address { get; init; }
    /// <summary>True when it was taken back.</summary>
    [Id(6)] public bool Withdrawn { get; init; }
    /// <summary>Who made it.</summary>
    [Id(7)] public Guid CreatedById { get; init; }
    /// <summary>When (UTC).</summary>
    [Id(8)] public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>Shares content over a channel.</summary>
[GenerateSerializer, Immutable, Alias("ShareContent"), NotPersonal]
public sealed record ShareContent
{
    /// <summary>Where the link is put: wechat, moments, sms, poster, … 1 to 40 letters, digits and '-'.</summary>
    [Id(0), Required, StringLength(40, MinimumLength = 1), RegularExpression("^[a-z0-9]+(-[a-z0-9]+)*$")] public string Channel { get; init; } = "";
}

/// <summary>A shared link.</summary>
[GenerateSerializer, Immutable, Alias("ShareView"), NotPersonal]
public sealed record ShareView
{
    /// <summary>UUIDv7.</summary>
    [Id(0)] public Guid Id { get; init; }
    /// <summary>Grows with each visit; the ETag.</summary>
    [Id(1)] public int Version { get; init; }
    /// <summary>What is shared.</summary>
    [Id(2)] public Guid ContentId { get; init; }
    /// <summary>Who shared it.</summary>
    [Id(3)] public Guid SharedById { get; init; }
    /// <summary>Where the link is put.</summary>
    [Id(4)] public string Channel { get; init; } = "";
    /// <summary>To be put after the deployment's address.</summary>
    [Id(5)] public string Path { get; init; } = "";
    /// <summary>How often it was visited.</summary>
    [Id(6)] public int Visits { get; init; }
    /// <summary>When it was made (UTC).</summary>
    [Id(7)] public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>
/// A visit through a link (F1): the source channel, which visit it was, and the browser. Nothing tells one visitor from another: no
/// address, no cookie, no version that only one browser has.
/// </summary>
[GenerateSerializer, Immutable, Alias("ShareVisit"), NotPersonal]
public sealed record ShareVisit
{
    /// <summary>Which visit through this link it was: 1, 2, 3, …</summary>
    [Id(0)] public int Order { get; init; }
    /// <summary>When (UTC).</summary>
    [Id(1)] public DateTimeOffset At { get; init; }
    /// <summary>The channel that the link was put in.</summary>
    [Id(2)] public string Channel { get; init; } = "";
    /// <summary>The browser's family: WeChat, Chrome, Safari, …</summary>
    [Id(3)] public string Browser { get; init; } = "";
    /// <summary>The system's family: Android, iOS, Windows, …</summary>
    [Id(4)] public string System { get; init; } = "";
}

/// <summary>Content that is shared with the public.</summary>
[Alias("IContentGrain")]
public interface IContentGrain : IDurableGrain
{
    /// <summary>Makes it.</summary>
    [Alias("CreateAsync")]
    Task<Outcome<ContentView>> CreateAsync(SaveContent command, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>Changes it; its owner or a manager.</summary>
    [Alias("ChangeAsync")]
    Task<Outcome<ContentView>> ChangeAsync(SaveContent command, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>The content.</summary>
    [Alias("GetAsync")]
    Task<Outcome<ContentView>> GetAsync(CancellationToken cancellationToken = default);
}

/// <summary>A link to content, with its visits.</summary>
[Alias("IShareGrain")]
public interface IShareGrain : IDurableGrain
{
    /// <summary>Makes it.</summary>
    [Alias("CreateAsync")]
    Task<Outcome<ShareView>> CreateAsync(Guid contentId, ShareContent command, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>Records a visit and answers what the link shows; not found when there is no such link or its content was taken back.</summary>
    [Alias("VisitAsync")]
    Task<Outcome<ContentView>> VisitAsync(string browser, string system, CancellationToken cancellationToken = default);
}
