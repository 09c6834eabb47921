using System.ComponentModel.DataAnnotations;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.Staff;

/// <summary>Where a code goes.</summary>
public enum CodeChannel
{
    /// <summary>By e-mail.</summary>
    Mail = 0,
    /// <summary>By text message.</summary>
    Sms = 1,
}

/// <summary>Where a registration is.</summary>
public enum RegistrationStage
{
    /// <summary>The code is on its way.</summary>
    Begun = 0,
    /// <summary>The code was right.</summary>
    Confirmed = 1,
    /// <summary>There is an account.</summary>
    Completed = 2,
    /// <summary>Too late, or too many wrong codes; nothing is kept.</summary>
    Ended = 3,
}

/// <summary>Begins a registration; what of it is secret never leaves the server.</summary>
[GenerateSerializer, Immutable, Alias("BeginRegistration")]
public sealed record BeginRegistration
{
    /// <summary>Signs in with it.</summary>
    [Id(0), Personal(DataClass.WorkIdentity)] public string UserName { get; init; } = "";
    /// <summary>As colleagues know them.</summary>
    [Id(1), Personal(DataClass.WorkIdentity)] public string DisplayName { get; init; } = "";
    /// <summary>E.164.</summary>
    [Id(2), Personal(DataClass.Contact)] public string? Phone { get; init; }
    /// <summary>An e-mail address.</summary>
    [Id(3), Personal(DataClass.Contact)] public string? Email { get; init; }
    /// <summary>The password's hash.</summary>
    [Id(4), Personal(DataClass.Credential)] public string PasswordHash { get; init; } = "";
    /// <summary>The policy version that was read.</summary>
    [Id(5)] public int PolicyVersion { get; init; }

    /// <inheritdoc/>
    public override string ToString() => nameof(BeginRegistration);
}

/// <summary>A registration.</summary>
[GenerateSerializer, Immutable, Alias("RegistrationView")]
public sealed record RegistrationView
{
    /// <summary>UUIDv7; becomes the account's id.</summary>
    [Id(0)] public Guid Id { get; init; }
    /// <summary>Where it is.</summary>
    [Id(1)] public RegistrationStage Stage { get; init; }
    /// <summary>Where the code goes.</summary>
    [Id(2)] public CodeChannel Channel { get; init; }
    /// <summary>The code is good until then (UTC).</summary>
    [Id(3)] public DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>A confirmed registration.</summary>
[GenerateSerializer, Immutable, Alias("ConfirmedRegistration")]
public sealed record ConfirmedRegistration([property: Id(0)] BeginRegistration Registration, [property: Id(1)] RegistrationStage Stage);

/// <summary>Somebody registers (F3): the code shows that phone or address is theirs; an admin lets them in.</summary>
[Alias("IRegistrationGrain")]
public interface IRegistrationGrain : IDurableGrain, IDueGrain
{
    /// <summary>Begins it and sends the code.</summary>
    [Alias("BeginAsync")]
    Task<Outcome<RegistrationView>> BeginAsync(BeginRegistration command, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>Tries a code; after five wrong ones it is over.</summary>
    [Alias("ConfirmAsync")]
    Task<Outcome<ConfirmedRegistration>> ConfirmAsync(string code, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>The account has been made: what was kept for it goes.</summary>
    [Alias("CompleteAsync")]
    Task<Outcome<RegistrationView>> CompleteAsync(CallContext context, CancellationToken cancellationToken = default);
}
