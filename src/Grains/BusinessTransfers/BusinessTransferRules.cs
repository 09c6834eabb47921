using System.Text.Json.Serialization;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.BusinessTransfers;

/// <summary>A transfer's state.</summary>
[NotPersonal]
public sealed record BusinessTransferState : StateRecord
{
    public bool Made { get; init; }
    public BusinessTransferStage Stage { get; init; }
    public PlanBusinessTransfer Plan { get; init; } = new();
    public TransferEffect? Effect { get; init; }
    public Guid PlannedById { get; init; }
    public Guid? CompletedById { get; init; }
    public DateTimeOffset? CompletedAt { get; init; }
    public int? PolicyVersion { get; init; }
}

/// <summary>A fact about a transfer.</summary>
[JsonDerivedType(typeof(BusinessTransferPlanned), "planned")]
[JsonDerivedType(typeof(BusinessTransferRehearsed), "rehearsed")]
[JsonDerivedType(typeof(BusinessTransferAnnounced), "announced")]
[JsonDerivedType(typeof(BusinessTransferCompleted), "completed")]
[JsonDerivedType(typeof(BusinessTransferCancelled), "cancelled")]
public abstract record BusinessTransferEvent;

/// <summary>Planned.</summary>
public sealed record BusinessTransferPlanned(PlanBusinessTransfer Plan, Guid ById) : BusinessTransferEvent;

/// <summary>Gone through without changing anything.</summary>
public sealed record BusinessTransferRehearsed(TransferEffect Effect) : BusinessTransferEvent;

/// <summary>Everybody was told.</summary>
public sealed record BusinessTransferAnnounced : BusinessTransferEvent;

/// <summary>The new holder holds the data.</summary>
public sealed record BusinessTransferCompleted(int PolicyVersion, Guid ById) : BusinessTransferEvent;

/// <summary>Called off.</summary>
public sealed record BusinessTransferCancelled : BusinessTransferEvent;

/// <summary>The steps of a transfer, in order, and who takes each.</summary>
public static class BusinessTransferRules
{
    /// <summary>Plans it.</summary>
    public static Decision<BusinessTransferEvent> Plan(BusinessTransferState state, PlanBusinessTransfer command, Actor by, DateOnly today) =>
        !by.IsOffice ? Refusal.Forbidden("Transfers of the business are the privacy office's.")
        : state.Made ? Refusal.Conflict("already-exists", "There is a transfer with this id already.")
        : command.EffectiveOn <= today ? Refusal.Invalid("effectiveOn", "A transfer takes effect on a day to come; subjects hear of it before.")
        : new BusinessTransferPlanned(command with { NewHolder = command.NewHolder.Trim(), Agreement = string.IsNullOrWhiteSpace(command.Agreement) ? null : command.Agreement.Trim() }, by.UserId);

    /// <summary>Rehearses it; as often as one likes.</summary>
    public static Decision<BusinessTransferEvent> Rehearse(BusinessTransferState state, TransferEffect effect, Actor by) =>
        Check(state, by) is { } no ? no : new BusinessTransferRehearsed(effect with { AsksAgain = state.Plan.Agreement is null });

    /// <summary>Announces it.</summary>
    public static Decision<BusinessTransferEvent> Announce(BusinessTransferState state, Actor by) =>
        Check(state, by) is { } no ? no
        : state.Effect is null ? Refusal.Conflict("rehearsal-required", "Rehearse it first: what it does should be known before everybody is told.")
        : state.Stage == BusinessTransferStage.Announced ? Decision<BusinessTransferEvent>.Nothing
        : new BusinessTransferAnnounced();

    /// <summary>Whether it may be completed now, by this person.</summary>
    public static Refusal? CheckComplete(BusinessTransferState state, Actor by, DateOnly today) =>
        Check(state, by) is { } no ? no
        : state.Stage != BusinessTransferStage.Announced ? Refusal.Conflict("announcement-required", "Everybody hears of it before it takes effect.")
        : by.UserId == state.PlannedById ? Refusal.Conflict("second-person-required", "Somebody else than who planned it completes it.")
        : state.Plan.EffectiveOn > today ? Refusal.Conflict("too-early", $"It takes effect on {state.Plan.EffectiveOn:yyyy-MM-dd}.")
        : null;

    /// <summary>Completes it.</summary>
    public static Decision<BusinessTransferEvent> Complete(BusinessTransferState state, int policyVersion, Actor by, DateOnly today) =>
        CheckComplete(state, by, today) is { } no ? no : new BusinessTransferCompleted(policyVersion, by.UserId);

    /// <summary>Calls it off.</summary>
    public static Decision<BusinessTransferEvent> Cancel(BusinessTransferState state, Actor by) => Check(state, by) is { } no ? no : new BusinessTransferCancelled();

    /// <summary>The privacy office and auditors.</summary>
    public static bool MaySee(BusinessTransferState state, Actor by)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(by);
        return state.Made && (by.IsOffice || by.Role == Role.Auditor);
    }

    /// <summary>The state with a fact added.</summary>
    public static BusinessTransferState Apply(BusinessTransferState state, BusinessTransferEvent fact, DateTimeOffset at) => fact switch
    {
        BusinessTransferPlanned f => state with { Made = true, Plan = f.Plan, PlannedById = f.ById },
        BusinessTransferRehearsed f => state with { Effect = f.Effect, Stage = state.Stage == BusinessTransferStage.Planned ? BusinessTransferStage.Rehearsed : state.Stage },
        BusinessTransferAnnounced => state with { Stage = BusinessTransferStage.Announced },
        BusinessTransferCompleted f => state with { Stage = BusinessTransferStage.Completed, PolicyVersion = f.PolicyVersion, CompletedById = f.ById, CompletedAt = at },
        BusinessTransferCancelled => state with { Stage = BusinessTransferStage.Cancelled },
        _ => state,
    };

    private static Refusal? Check(BusinessTransferState state, Actor by) =>
        !MaySee(state, by) ? Refusal.NotFound("transfer")
        : !by.IsOffice ? Refusal.Forbidden("Transfers of the business are the privacy office's.")
        : state.Stage is BusinessTransferStage.Completed or BusinessTransferStage.Cancelled ? Refusal.Conflict("transfer-ended", "The transfer has been completed or called off.")
        : null;
}
