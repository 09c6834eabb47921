namespace LimoCha.Actors.Kernel;

/// <summary>What a staff member may do in general; scopes (own, department, all) follow from it.</summary>
public enum Role
{
    /// <summary>Works on tasks and customers of their own.</summary>
    Staff = 0,
    /// <summary>Dispatches and sees their department.</summary>
    Manager = 1,
    /// <summary>Runs the deployment: users, departments, places, everything.</summary>
    Admin = 2,
    /// <summary>Answers for personal data (个人信息保护负责人).</summary>
    PrivacyOfficer = 3,
    /// <summary>Reads everything, changes nothing.</summary>
    Auditor = 4,
}

/// <summary>Who acts. Made at the trusted boundary (the WebApi) from a verified token, never from the request's content.</summary>
[GenerateSerializer, Immutable, Alias("Actor")]
public sealed record Actor(
    [property: Id(0)] Guid UserId,
    [property: Id(1)] Role Role,
    [property: Id(2)] Guid? DepartmentId)
{
    /// <summary>The engine itself: sweeps, seeds, set-up.</summary>
    public static readonly Actor System = new(Guid.Empty, Role.Admin, null);

    /// <summary>True for some minutes after the person proved again, in this session, that it is them: sensitive actions ask for it.</summary>
    [Id(3)] public bool Elevated { get; init; }

    /// <summary>True while the session has to prove that it is its person: it may do nothing else (E8).</summary>
    [Id(4)] public bool Challenged { get; init; }

    /// <summary>True for the privacy office: whoever answers for personal data, and admins.</summary>
    public bool IsOffice => Role is Role.PrivacyOfficer or Role.Admin;

    /// <summary>True for those who see every department.</summary>
    public bool SeesAll => Role is Role.Admin or Role.Auditor or Role.PrivacyOfficer;
}

/// <summary>What every command carries besides its own content.</summary>
/// <param name="By">Who acts.</param>
/// <param name="OperationId">
/// Identifies one intent of the caller. A command repeated with the same id has its effect once.
/// </param>
/// <param name="IfVersion">When set, the command is refused (stale) unless the entity is at this version.</param>
[GenerateSerializer, Immutable, Alias("CallContext")]
public sealed record CallContext(
    [property: Id(0)] Actor By,
    [property: Id(1)] Guid OperationId,
    [property: Id(2)] int? IfVersion = null);
