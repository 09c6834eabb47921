using System.ComponentModel.DataAnnotations;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.BusinessTransfers;

/// <summary>Where a transfer of the business is (seed III: merger, acquisition, transfer of assets).</summary>
public enum BusinessTransferStage
{
    /// <summary>Written down.</summary>
    Planned = 0,
    /// <summary>Gone through without changing anything; what it would do is on file.</summary>
    Rehearsed = 1,
    /// <summary>Everybody has been told.</summary>
    Announced = 2,
    /// <summary>The new holder holds the data.</summary>
    Completed = 3,
    /// <summary>It does not happen.</summary>
    Cancelled = 4,
}

/// <summary>Plans a transfer of the business.</summary>
[GenerateSerializer, Immutable, Alias("PlanBusinessTransfer"), NotPersonal]
public sealed record PlanBusinessTransfer
{
    /// <summary>Who will hold the data. 1 to 120 characters.</summary>
    [Id(0), Required, StringLength(120, MinimumLength = 1)] public string NewHolder { get; init; } = "";
    /// <summary>The agreement that binds it to this policy: its number. Without one, consent is asked again. At most 120 characters.</summary>
    [Id(1), StringLength(120)] public string? Agreement { get; init; }
    /// <summary>From this day on, in the company's zone.</summary>
    [Id(2), Required] public DateOnly? EffectiveOn { get; init; }
    /// <summary>How the new holder is reached about personal data. 1 to 200 characters.</summary>
    [Id(3), Required, StringLength(200, MinimumLength = 1)] public string Contact { get; init; } = "";
}

/// <summary>Completes a transfer: the policy that names the new holder.</summary>
[GenerateSerializer, Immutable, Alias("CompleteBusinessTransfer"), NotPersonal]
public sealed record CompleteBusinessTransfer
{
    /// <summary>The policy in Chinese. At most 60,000 characters.</summary>
    [Id(0), Required, StringLength(60_000, MinimumLength = 1)] public string TextZh { get; init; } = "";
    /// <summary>The policy in English. At most 60,000 characters.</summary>
    [Id(1), Required, StringLength(60_000, MinimumLength = 1)] public string TextEn { get; init; } = "";
}

/// <summary>Consents of a purpose.</summary>
/// <param name="Purpose">The purpose.</param>
/// <param name="Granted">Subjects who agree now.</param>
[GenerateSerializer, Immutable, Alias("PurposeConsents"), NotPersonal]
public sealed record PurposeConsents([property: Id(0)] string Purpose, [property: Id(1)] int Granted);

/// <summary>What a transfer does, counted at a rehearsal.</summary>
[GenerateSerializer, Immutable, Alias("TransferEffect")]
public sealed record TransferEffect
{
    /// <summary>When it was counted (UTC).</summary>
    [Id(0)] public DateTimeOffset At { get; init; }
    /// <summary>Customers whose data goes over.</summary>
    [Id(1)] public int Customers { get; init; }
    /// <summary>Of them under a legal hold or in the recycle bin.</summary>
    [Id(2)] public int CustomersInRecycleBin { get; init; }
    /// <summary>Staff whose data goes over.</summary>
    [Id(3)] public int Staff { get; init; }
    /// <summary>Consents that go on when the new holder is bound, and are asked again when it is not.</summary>
    [Id(4)] public IReadOnlyList<PurposeConsents> Consents { get; init; } = [];
    /// <summary>Requests of subjects that are open: they are answered before, or by the new holder.</summary>
    [Id(5)] public int OpenRequests { get; init; }
    /// <summary>Third parties whose agreements are with the old holder.</summary>
    [Id(6), NotPersonal] public IReadOnlyList<string> ThirdParties { get; init; } = [];
    /// <summary>True: consents stop counting until subjects agree again.</summary>
    [Id(7)] public bool AsksAgain { get; init; }
}

/// <summary>A transfer of the business.</summary>
[GenerateSerializer, Immutable, Alias("BusinessTransferView"), NotPersonal]
public sealed record BusinessTransferView
{
    /// <summary>UUIDv7.</summary>
    [Id(0)] public Guid Id { get; init; }
    /// <summary>Grows by one with each change; the ETag.</summary>
    [Id(1)] public int Version { get; init; }
    /// <summary>Where it is.</summary>
    [Id(2)] public BusinessTransferStage Stage { get; init; }
    /// <summary>Who will hold the data.</summary>
    [Id(3)] public string NewHolder { get; init; } = "";
    /// <summary>The agreement that binds it.</summary>
    [Id(4)] public string? Agreement { get; init; }
    /// <summary>From this day on.</summary>
    [Id(5)] public DateOnly EffectiveOn { get; init; }
    /// <summary>How the new holder is reached.</summary>
    [Id(6)] public string Contact { get; init; } = "";
    /// <summary>What the last rehearsal counted.</summary>
    [Id(7)] public TransferEffect? Effect { get; init; }
    /// <summary>Who planned it.</summary>
    [Id(8)] public Guid PlannedById { get; init; }
    /// <summary>Who completed it: somebody else.</summary>
    [Id(9)] public Guid? CompletedById { get; init; }
    /// <summary>When (UTC).</summary>
    [Id(10)] public DateTimeOffset? CompletedAt { get; init; }
    /// <summary>The policy version that names the new holder.</summary>
    [Id(11)] public int? PolicyVersion { get; init; }
}

/// <summary>A transfer of the business: rehearsed, announced, completed by a second person; the new holder is bound, or consent is asked again (D4).</summary>
[Alias("IBusinessTransferGrain")]
public interface IBusinessTransferGrain : IDurableGrain
{
    /// <summary>Plans it.</summary>
    [Alias("PlanAsync")]
    Task<Outcome<BusinessTransferView>> PlanAsync(PlanBusinessTransfer command, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>Goes through it, counts what it would do, and changes nothing else.</summary>
    [Alias("RehearseAsync")]
    Task<Outcome<BusinessTransferView>> RehearseAsync(CallContext context, CancellationToken cancellationToken = default);

    /// <summary>Tells everybody.</summary>
    [Alias("AnnounceAsync")]
    Task<Outcome<BusinessTransferView>> AnnounceAsync(CallContext context, CancellationToken cancellationToken = default);

    /// <summary>Completes it, on its day or after, by somebody else than who planned it.</summary>
    [Alias("CompleteAsync")]
    Task<Outcome<BusinessTransferView>> CompleteAsync(CompleteBusinessTransfer command, CallContext context, CancellationToken cancellationToken = default);

    /// <summary>Calls it off.</summary>
    [Alias("CancelAsync")]
    Task<Outcome<BusinessTransferView>> CancelAsync(CallContext context, CancellationToken cancellationToken = default);

    /// <summary>The transfer, for the privacy office and auditors.</summary>
    [Alias("GetAsync")]
    Task<Outcome<BusinessTransferView>> GetAsync(Actor by, CancellationToken cancellationToken = default);
}
