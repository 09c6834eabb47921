using LimoCha.Actors.Attendance;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Files;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Staff;

namespace LimoCha.Actors.Tasks;

/// <summary>
/// What a task's rules have to know of others: the assignee, the type, whom a desk chooses, whether a proof is one. Asked
/// before the rule; the rule itself asks nobody. One a silo.
/// </summary>
public sealed class TaskSurroundings(IGrainFactory grains, StaffDirectory staff, IFileCatalog files, TimeProvider clock)
{
    private static readonly TimeSpan Good = TimeSpan.FromSeconds(1);
    private readonly Remembered<Guid, TaskTypeView?> types = new(Good, clock);

    /// <summary>The staff member, if there is one.</summary>
    public ValueTask<UserView?> FindAsync(Guid? userId) => userId is { } id ? staff.FindAsync(id) : default;

    /// <summary>For a creation. Plain tasks ask for nothing but their assignee.</summary>
    public async ValueTask<CreationFacts> OfCreationAsync(Guid taskId, CreateTask command, Actor by)
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(by);
        return new()
        {
            Assignee = await FindAsync(command.AssigneeId).ConfigureAwait(false),
            Type = command.TypeId is { } type ? await types.GetAsync(type, async id => (await grains.Grain<ITaskTypeGrain>(id).GetAsync()).Value).ConfigureAwait(false) : null,
            UnknownDependency = command.DependsOn is { Count: > 0 and <= 20 } others ? await UnknownAsync(others, by).ConfigureAwait(false) : null,
            Choice = command is { AssigneeId: null, Assignment: { } how } && AssignmentRules.CheckUse(how, by) is null && AssignmentRules.Check(how, command.LocationId) is null
                ? await ChooseAsync(taskId, how with { DepartmentId = how.DepartmentId ?? by.DepartmentId }, command.LocationId, []).ConfigureAwait(false)
                : null,
        };
    }

    /// <summary>Whom the engine chooses next for a task.</summary>
    public Task<AssignmentChoice> ChooseAsync(Guid taskId, TaskState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return ChooseAsync(taskId, EscalationRules.How(state), state.LocationId, EscalationRules.Tried(state));
    }

    /// <summary>
    /// Looks at proofs: a file has to be this person's, uploaded for this task, and of the right kind; a location needs the
    /// person's consent, asked of their actor now (F2, B5).
    /// </summary>
    public async Task<Outcome<IReadOnlyList<TaskProof>>> ProveAsync(Guid taskId, TaskState state, IReadOnlyList<Proof> proofs, Actor by)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(proofs);
        ArgumentNullException.ThrowIfNull(by);
        List<TaskProof> kept = [];
        for (var i = 0; i < proofs.Count; i++)
        {
            var outcome = proofs[i].Kind switch
            {
                ProofKind.Location => await LocateAsync(state, proofs[i], by, $"proofs[{i}].point"),
                ProofKind.Photo or ProofKind.Signature or ProofKind.File => await FileAsync(taskId, proofs[i], by, $"proofs[{i}].fileId"),
                _ => Refusal.Invalid($"proofs[{i}].kind", "A proof is a photo, signature, file or location; checklist and note are not sent as proofs."),
            };
            if (!outcome.Ok)
            {
                return outcome.Refusal;
            }

            kept.Add(outcome.Value);
        }

        return Outcome.Of<IReadOnlyList<TaskProof>>(kept, 0);
    }

    private async Task<AssignmentChoice> ChooseAsync(Guid taskId, AutoAssignment how, Guid? locationId, IReadOnlyList<Guid> tried)
    {
        var place = how.Near is null && locationId is { } id ? (await grains.Grain<ICheckInLocationGrain>(id).GetAsync().ConfigureAwait(false)).Value : null;
        return await grains.Grain<IDispatchDeskGrain>(how.DepartmentId ?? Guid.Empty)
            .ChooseAsync(new() { TaskId = taskId, How = how, Near = how.Near ?? place?.Center, Tried = tried }).ConfigureAwait(false);
    }

    private async Task<Guid?> UnknownAsync(IReadOnlyList<Guid> others, Actor by)
    {
        var found = await Task.WhenAll(others.Select(async id => (await grains.Grain<ITaskGrain>(id).GetAsync(by)).Ok)).ConfigureAwait(false);
        return others.Zip(found).Where(pair => !pair.Second).Select(pair => (Guid?)pair.First).FirstOrDefault();
    }

    private async Task<Outcome<TaskProof>> FileAsync(Guid taskId, Proof proof, Actor by, string field)
    {
        if (proof.FileId is not { } id)
        {
            return Refusal.Invalid(field, "FileId is required: upload the file first (POST /files?taskId=…).");
        }

        var file = await files.FindAsync(id);
        return file is null || file.TaskId != taskId || file.OwnerId != by.UserId
                ? Refusal.Unprocessable("unknown-file", "You have uploaded no such file for this task.", field)
            : proof.Kind != ProofKind.File && !file.ContentType.StartsWith("image/", StringComparison.Ordinal)
                ? Refusal.Unprocessable("not-a-picture", "A photo or signature is a picture (JPEG, PNG, WebP, HEIC).", field)
            : Outcome.Of(new TaskProof { Kind = proof.Kind, FileId = id, Sha256 = file.Sha256 }, 0);
    }

    private async Task<Outcome<TaskProof>> LocateAsync(TaskState state, Proof proof, Actor by, string field)
    {
        if (proof.Point is not { } point || !LocationRules.IsOnEarth(point))
        {
            return Refusal.Invalid(field, "Point is required: latitude -90 to 90, longitude -180 to 180, in degrees.");
        }

        if (!await grains.Grain<IUserGrain>(by.UserId).AllowsAsync(Purposes.TaskLocation))
        {
            return Refusal.Unprocessable("consent-required", $"A location is recorded only under your consent to {Purposes.TaskLocation}.", field);
        }

        var place = state.LocationId is { } id ? (await grains.Grain<ICheckInLocationGrain>(id).GetAsync()).Value : null;
        var kept = new TaskProof { Kind = ProofKind.Location };
        return Outcome.Of(
            place is not null
                ? kept with { DistanceMetres = Math.Round(Geodesy.Distance(point, place.Center), 1) }
                : kept with { Point = Geodesy.ToWgs84(point) with { Accuracy = point.Accuracy } },
            0);
    }
}
