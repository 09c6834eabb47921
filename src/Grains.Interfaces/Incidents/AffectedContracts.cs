using System.ComponentModel.DataAnnotations;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.Incidents;

/// <summary>How a subject is told of an incident.</summary>
public enum NoticeChannel
{
    /// <summary>By e-mail (邮件).</summary>
    Mail = 0,
    /// <summary>By a letter that somebody prints and sends (信函).</summary>
    Letter = 1,
    /// <summary>By a call that somebody makes (电话).</summary>
    Phone = 2,
    /// <summary>On their devices (推送通知).</summary>
    Push = 3,
    /// <summary>By the public announcement, because nothing else reaches them (公告).</summary>
    Announcement = 4,
}

/// <summary>How far the notice to one subject is.</summary>
public enum NoticeProgress
{
    /// <summary>Not tried yet, or to be tried again.</summary>
    Pending = 0,
    /// <summary>Handed over to the mail server, or shown on devices.</summary>
    Sent = 1,
    /// <summary>A person has to print or call.</summary>
    ToDo = 2,
    /// <summary>A person did.</summary>
    Done = 3,
    /// <summary>Only the announcement reaches them.</summary>
    Unreachable = 4,
}

/// <summary>Finds whose data the incident concerns: from the audit trail, and by what else is known. Each search adds to the list.</summary>
[GenerateSerializer, Immutable, Alias("FindAffected")]
public sealed record FindAffected
{
    /// <summary>Everybody whose data was used from then on (UTC).</summary>
    [Id(0)] public DateTimeOffset? From { get; init; }
    /// <summary>Until then (UTC).</summary>
    [Id(1)] public DateTimeOffset? To { get; init; }
    /// <summary>By this person, whose account or device it is about.</summary>
    [Id(2)] public Guid? ActorId { get; init; }
    /// <summary>By these actions, like <c>customer.export</c>; at most 20.</summary>
    [Id(3), MaxLength(20), NotPersonal] public IReadOnlyList<string>? Actions { get; init; }
    /// <summary>All customers that this person looks after.</summary>
    [Id(4)] public Guid? OwnerId { get; init; }
    /// <summary>All customers of this department.</summary>
    [Id(5)] public Guid? DepartmentId { get; init; }
    /// <summary>These customers and staff; at most 1,000.</summary>
    [Id(6), MaxLength(1000)] public IReadOnlyList<Guid>? SubjectIds { get; init; }
}

/// <summary>What a search found.</summary>
/// <param name="Added">Subjects that were not on the list before.</param>
/// <param name="Total">Subjects on the list.</param>
/// <param name="ListReads">Lists that were read in that time by that person: the trail has how many were on each, not who. Add by owner or department what they could see.</param>
[GenerateSerializer, Immutable, Alias("AffectedFound")]
public sealed record AffectedFound([property: Id(0)] int Added, [property: Id(1)] int Total, [property: Id(2)] int ListReads);

/// <summary>A subject on an incident's list.</summary>
[GenerateSerializer, Immutable, Alias("AffectedSubject")]
public sealed record AffectedSubject
{
    /// <summary>Who.</summary>
    [Id(0)] public Guid SubjectId { get; init; }
    /// <summary>customer or staff.</summary>
    [Id(1)] public SubjectKind Kind { get; init; }
    /// <summary>How they are told.</summary>
    [Id(2)] public NoticeChannel? Channel { get; init; }
    /// <summary>How far that is.</summary>
    [Id(3)] public NoticeProgress Progress { get; init; }
    /// <summary>How often it was tried.</summary>
    [Id(4)] public int Attempts { get; init; }
    /// <summary>When it changed last (UTC).</summary>
    [Id(5)] public DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>A letter to print or a call to make: whom, and where. Personal data: the reading of each is decided and recorded by the subject's actor.</summary>
[GenerateSerializer, Immutable, Alias("SubjectContact")]
public sealed record SubjectContact
{
    /// <summary>Who.</summary>
    [Id(0)] public Guid SubjectId { get; init; }
    /// <summary>Their name.</summary>
    [Id(1), Personal(DataClass.Identity)] public string Name { get; init; } = "";
    /// <summary>Their number, for calls.</summary>
    [Id(2), Personal(DataClass.Contact)] public string? Phone { get; init; }
    /// <summary>Their address, for letters.</summary>
    [Id(3), Personal(DataClass.Contact)] public string? Address { get; init; }

    /// <inheritdoc/>
    public override string ToString() => nameof(SubjectContact);
}

/// <summary>Says that a person reached a subject, by letter or phone.</summary>
[GenerateSerializer, Immutable, Alias("RecordReached")]
public sealed record RecordReached
{
    /// <summary>Whom; at most 200.</summary>
    [Id(0), Required, MinLength(1), MaxLength(200)] public IReadOnlyList<Guid> SubjectIds { get; init; } = [];
    /// <summary>False when nobody answered, and the next way is to be tried.</summary>
    [Id(1)] public bool Reached { get; init; } = true;
}

/// <summary>How many subjects are how far.</summary>
[GenerateSerializer, Immutable, Alias("NoticeCounts")]
public sealed record NoticeCounts
{
    /// <summary>On the list.</summary>
    [Id(0)] public int Total { get; init; }
    /// <summary>Not tried yet, or to be tried again.</summary>
    [Id(1)] public int Pending { get; init; }
    /// <summary>Sent by mail or push.</summary>
    [Id(2)] public int Sent { get; init; }
    /// <summary>Letters and calls that wait for a person.</summary>
    [Id(3)] public int ToDo { get; init; }
    /// <summary>Reached by letter or phone.</summary>
    [Id(4)] public int Done { get; init; }
    /// <summary>Reached by the announcement alone.</summary>
    [Id(5)] public int Unreachable { get; init; }
}
