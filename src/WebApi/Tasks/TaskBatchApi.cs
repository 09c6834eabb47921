#pragma warning disable ASP0029 // Rows are judged one by one, by the library's experimental interface; the framework would refuse the whole call for one of them.
using System.ComponentModel.DataAnnotations;
using LimoCha.Actors.Devices;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.Staff;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Validation;
using Orleans.Storage;

namespace LimoCha.Actors.Tasks;

/// <summary>Many tasks in one call.</summary>
public sealed record CreateTasks
{
    /// <summary>1 to 10,000 tasks. Each is judged by itself: one that is refused does not hold the others up.</summary>
    [MinLength(1), MaxLength(TaskBatchApi.Most), SkipValidation] public IReadOnlyList<CreateTask?> Tasks { get; init; } = [];
}

/// <summary>How a row of a batch went.</summary>
/// <param name="Index">The row, from 0.</param>
/// <param name="Id">The task's id, when made.</param>
/// <param name="Task">The task, when made; left out in batches of more than 500.</param>
/// <param name="Problem">The problem's type, when not.</param>
/// <param name="Detail">Why not.</param>
/// <param name="Field">The field at fault.</param>
[NotPersonal]
public sealed record BatchRow(int Index, Guid? Id, TaskView? Task, string? Problem, string? Detail, string? Field);

/// <summary>
/// Batches: /tasks/batch. The caller's devices hear how far it is (<c>Progress</c>). Each row's id comes from the operation and
/// its place, so that a call that broke off is repeated under its Idempotency-Key and makes only what is missing.
/// </summary>
internal static class TaskBatchApi
{
    public const int Most = 10_000;
    private const int MostWithTasks = 500;
    private const int AtOnce = 64;
    private static readonly TimeSpan ProgressPeriod = TimeSpan.FromMilliseconds(250);

    public static void MapTaskBatch(this RouteGroupBuilder tasks) =>
        tasks.MapPost("/batch", CreateManyAsync).WithSummary("Makes up to 10,000 tasks; each row succeeds or fails by itself, and the caller's devices hear of the progress.");

    private static async Task<Results<Ok<IReadOnlyList<BatchRow>>, ProblemHttpResult>> CreateManyAsync(
        CreateTasks command, Call call, HttpContext context, IGrainFactory grains, ITaskCreation creation, IOptions<ValidationOptions> rules, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (command.Tasks is not { Count: > 0 and <= Most })
        {
            return Problems.From(Refusal.Invalid("tasks", "A batch has 1 to 10,000 tasks."));
        }

        var rows = new BatchRow[command.Tasks.Count];
        var (done, failed) = (0, 0);
        JobProgress Now() => new() { OperationId = call.OperationId, Job = "task-batch", Done = Volatile.Read(ref done), Failed = Volatile.Read(ref failed), Total = rows.Length };
        using var finished = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var telling = TellAsync(grains.Grain<IUserGrain>(call.By.UserId), Now, clock, finished.Token);
        try
        {
            await Parallel.ForAsync(0, rows.Length, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (index, token) =>
            {
                var outcome = await MakeAsync(grains, creation, rules.Value, RowId(call.OperationId, index), command.Tasks[index], call, token);
                rows[index] = new(
                    index, outcome.Value?.Id, rows.Length <= MostWithTasks ? outcome.Value : null,
                    outcome.Refusal is { } refusal ? $"urn:limocha:problem:{refusal.Problem}" : null, outcome.Refusal?.Detail, outcome.Refusal?.Field);
                Interlocked.Add(ref failed, outcome.Ok ? 0 : 1);
                Interlocked.Increment(ref done);
            });
        }
        finally
        {
            await finished.CancelAsync();
            await telling;
        }

        context.Response.Headers["Operation-Id"] = call.OperationId.ToString();
        return TypedResults.Ok<IReadOnlyList<BatchRow>>(rows);
    }

    private static async Task<Outcome<TaskView>> MakeAsync(IGrainFactory grains, ITaskCreation creation, ValidationOptions rules, Guid id, CreateTask? command, Call call, CancellationToken cancellationToken)
    {
        if (command is null)
        {
            return Refusal.Invalid("tasks", "A row is a task.");
        }

        if (await JudgeAsync(command, rules, cancellationToken) is { } wrong)
        {
            return wrong;
        }

        var context = call.Context with { OperationId = id, IfVersion = null };
        if (!call.Repeated)
        {
            try
            {
                return await creation.CreateAsync(id, command, context, cancellationToken);
            }
            catch (InconsistentStateException)
            {
                // A repeat of this call was faster with this row: its actor knows the operation.
            }
        }

        return await grains.Grain<ITaskGrain>(id).CreateAsync(command, context, cancellationToken);
    }

    /// <summary>By the same rules as a task that is made alone; the first that a row breaks is named.</summary>
    private static async Task<Refusal?> JudgeAsync(CreateTask command, ValidationOptions rules, CancellationToken cancellationToken)
    {
        if (!rules.TryGetValidatableTypeInfo(typeof(CreateTask), out var type))
        {
            throw new InvalidOperationException("A task has rules.");
        }

        var found = new ValidateContext { ValidationOptions = rules, ValidationContext = new(command) };
        await type.ValidateAsync(command, found, cancellationToken);
        return found.ValidationErrors is { Count: > 0 } errors ? Refusal.Invalid(Problems.Camel(errors.First().Key), errors.First().Value[0]) : null;
    }

    private static async Task TellAsync(IUserGrain user, Func<JobProgress> now, TimeProvider clock, CancellationToken finished)
    {
        using var timer = new PeriodicTimer(ProgressPeriod, clock);
        while (!finished.IsCancellationRequested)
        {
            try
            {
                await timer.WaitForNextTickAsync(finished);
            }
            catch (OperationCanceledException)
            {
                // The last one says that it is over.
            }

            try
            {
                await user.ProgressAsync(now(), CancellationToken.None);
            }
            catch (Exception error) when (error is TimeoutException or OrleansException)
            {
                // A convenience: the next one says more.
            }
        }
    }

    /// <summary>The operation's id with the row folded into its last four bytes; time and version bits stay.</summary>
    private static Guid RowId(Guid operation, int row)
    {
        var bytes = operation.ToByteArray();
        var tail = BitConverter.ToInt32(bytes, 12) ^ row;
        BitConverter.TryWriteBytes(bytes.AsSpan(12), tail);
        return new(bytes);
    }
}
