using System.ComponentModel.DataAnnotations;
using System.Runtime.Serialization;
using LimoCha.Actors.Attendance;
using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.Tasks;

/// <summary>Who may take a step.</summary>
public enum StepTaker
{
    /// <summary>Who has the task.</summary>
    Assignee = 0,
    /// <summary>Who made the task.</summary>
    Creator = 1,
    /// <summary>A manager of the task's department.</summary>
    Manager = 2,
}

/// <summary>What a step asks to be proved.</summary>
public enum ProofKind
{
    /// <summary>Every line of the checklist is ticked off.</summary>
    Checklist = 0,
    /// <summary>A remark is given.</summary>
    Note = 1,
    /// <summary>A photo.</summary>
    Photo = 2,
    /// <summary>A signature, as a picture.</summary>
    Signature = 3,
    /// <summary>A file.</summary>
    File = 4,
    /// <summary>Where the step was taken; needs the person's consent to <c>task.location</c>.</summary>
    Location = 5,
}

/// <summary>A step of a flow.</summary>
[GenerateSerializer, Immutable, Alias("FlowStep")]
[NotPersonal]
public sealed record FlowStep
{
    /// <summary>Its name in calls: 1 to 30 lower-case letters, digits and '-', unique in the flow.</summary>
    [Id(0), Required, StringLength(30, MinimumLength = 1)] public string Key { get; init; } = "";
    /// <summary>Its name for people. 1 to 60 characters.</summary>
    [Id(1), Required, StringLength(60, MinimumLength = 1)] public string Title { get; init; } = "";
    /// <summary>Who may take it.</summary>
    [Id(2), EnumDataType(typeof(StepTaker))] public StepTaker By { get; init; }
    /// <summary>The stage it leads to: accepted, started or completed.</summary>
    [Id(3), EnumDataType(typeof(TaskStage))] public TaskStage Stage { get; init; }
    /// <summary>What it asks to be proved.</summary>
    [Id(4), MaxLength(6)] public IReadOnlyList<ProofKind> Proof { get; init; } = [];
}

/// <summary>What a person gives as proof with a step.</summary>
[GenerateSerializer, Immutable, Alias("Proof")]
public sealed record Proof
{
    /// <summary>Photo, signature, file or location.</summary>
    [Id(0), EnumDataType(typeof(ProofKind))] public ProofKind Kind { get; init; }
    /// <summary>The uploaded file (<c>POST /files?taskId=</c>), for all but location.</summary>
    [Id(1)] public Guid? FileId { get; init; }
    /// <summary>Where, for location.</summary>
    [Id(2), Personal(DataClass.Whereabouts)] public GeoPoint? Point { get; init; }

    /// <inheritdoc/>
    public override string ToString() => nameof(Proof);
}

/// <summary>A proof as the task keeps it.</summary>
[GenerateSerializer, Immutable, Alias("TaskProof")]
[NotPersonal]
public sealed record TaskProof
{
    /// <summary>The step it was given with.</summary>
    [Id(0)] public string Step { get; init; } = "";
    /// <summary>What kind.</summary>
    [Id(1)] public ProofKind Kind { get; init; }
    /// <summary>The file.</summary>
    [Id(2)] public Guid? FileId { get; init; }
    /// <summary>SHA-256 of the file's bytes, hexadecimal: what was proved stays what it was.</summary>
    [Id(3)] public string? Sha256 { get; init; }
    /// <summary>Metres from the task's place, when it has one: then the point itself is not kept.</summary>
    [Id(4)] public double? DistanceMetres { get; init; }
    /// <summary>Where (WGS-84), when the task has no place.</summary>
    [Id(5), Personal(DataClass.Whereabouts)] public GeoPoint? Point { get; init; }
    /// <summary>When (UTC).</summary>
    [Id(6)] public DateTimeOffset At { get; init; }

    /// <inheritdoc/>
    public override string ToString() => nameof(TaskProof);
}

/// <summary>A line of a checklist.</summary>
[GenerateSerializer, Immutable, Alias("ChecklistItem"), DataContract]
[Personal(DataClass.Content)]
public sealed record ChecklistItem
{
    /// <summary>What is to be done.</summary>
    [Id(0), DataMember(Name = "text")] public string Text { get; init; } = "";
    /// <summary>Whether it is.</summary>
    [Id(1), DataMember(Name = "done")] public bool Done { get; init; }

    /// <inheritdoc/>
    public override string ToString() => nameof(ChecklistItem);
}
