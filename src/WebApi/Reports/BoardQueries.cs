using Dapper;
using LimoCha.Actors.Attendance;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.ReadModel;
using LimoCha.Actors.Staff;
using LimoCha.Actors.Storage;
using LimoCha.Actors.Tasks;

namespace LimoCha.Actors.Reports;

/// <summary>How many tasks are in a stage.</summary>
public sealed record StageCount(TaskStage Stage, int Count);

/// <summary>A person's open work.</summary>
[Personal(DataClass.WorkIdentity)]
public sealed record PersonLoad(Guid UserId, string DisplayName, int Assigned, int Accepted, int Started);

/// <summary>A place's attendance today.</summary>
[NotPersonal]
public sealed record PlaceToday(Guid LocationId, string Name, int Present, int Ins, int Outs, int People);

/// <summary>The numbers a manager looks at first.</summary>
/// <param name="Stages">Tasks by stage.</param>
/// <param name="People">Open work by person.</param>
/// <param name="Places">Today's attendance by place.</param>
/// <param name="AsOf">When reading began (UTC): what changed since may not be in it. Numbers that took long to read are shown again for four times as long.</param>
public sealed record Overview(IReadOnlyList<StageCount> Stages, IReadOnlyList<PersonLoad> People, IReadOnlyList<PlaceToday> Places, DateTimeOffset AsOf);

/// <summary>Reads the board's numbers and rows; the same for the API and the page.</summary>
public sealed class BoardQueries(Database database, TimeProvider clock, CompanyDays days)
{
    private const int RowsPerStage = 30;

    /// <summary>The only part of the overview that takes long when there is much to do.</summary>
    private readonly SharedRead<Guid, IReadOnlyDictionary<Guid, OpenWorkRow>> openWork = new(clock);

    /// <summary>The overview of what an actor may see.</summary>
    public async Task<Overview> OverviewAsync(Actor by, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(by);
        // Before there is a connection to hold: others may wait for the same read.
        var loads = await openWork.GetAsync(Whose(by), () => OpenWorkAsync(by), cancellationToken);
        await using var connection = await database.OpenAsync(cancellationToken);
        var (scope, parameters) = Scope(by);
        var stages = await connection.QueryAsync<StageRow>(Counts(by, scope), parameters);
        var people = await connection.QueryAsync<PersonRow>($"SELECT id AS user_id, display_name FROM staff_user u WHERE {People(by)} AND enabled ORDER BY display_name", parameters);
        var today = days.Today.ToString("O", System.Globalization.CultureInfo.InvariantCulture);
        var places = await connection.QueryAsync<LocationRow>($"SELECT {ReadTables.Location.Columns} FROM check_in_location ORDER BY name");
        return new(
            [.. stages.Select(row => new StageCount(row.Stage, row.Count)).OrderBy(row => row.Stage)],
            [.. people.Select(row => Load(row, loads.Answer.GetValueOrDefault(row.UserId)))],
            [.. places.Select(row => row.Day == today
                ? new PlaceToday(row.Id, row.Name, row.PresentCount, row.Ins, row.Outs, row.People)
                : new PlaceToday(row.Id, row.Name, row.PresentCount, 0, 0, 0))],
            loads.AsOf);
    }

    /// <summary>The newest tasks of each stage that an actor may see.</summary>
    /// <param name="by">Who looks.</param>
    /// <param name="stages">How many there are: what is empty is not looked for.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<IReadOnlyList<TaskRow>> BoardAsync(Actor by, IReadOnlyList<StageCount> stages, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(by);
        ArgumentNullException.ThrowIfNull(stages);
        if (stages.Count == 0)
        {
            return [];
        }

        await using var connection = await database.OpenAsync(cancellationToken);
        var (scope, parameters) = Scope(by);
        var lanes = stages.Select(stage => $"SELECT * FROM (SELECT {ReadTables.Task.Columns} FROM task WHERE {Lane(stage.Stage)} AND {scope} ORDER BY {NewestFirst(stage.Stage)} LIMIT {Math.Min(stage.Count, RowsPerStage)}) lane");
        return await connection.QueryAsync<TaskRow>($"SELECT * FROM ({string.Join(" UNION ALL ", lanes)}) board ORDER BY updated_at DESC, id", parameters);
    }

    /// <summary>Staff an actor may give work to.</summary>
    public async Task<IReadOnlyList<UserRow>> AssigneesAsync(Actor by, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(by);
        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await connection.QueryAsync<UserRow>(
            $"SELECT {ReadTables.User.Columns} FROM staff_user u WHERE {People(by)} AND enabled ORDER BY display_name", Scope(by).Parameters);
        return rows;
    }

    /// <summary>When the people an actor sees were seen last.</summary>
    public async Task<IReadOnlyDictionary<Guid, DateTimeOffset>> LastSeenAsync(Actor by, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(by);
        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await connection.QueryAsync<LastSeenRow>($"SELECT s.id, s.version, s.at FROM last_seen s JOIN staff_user u ON u.id = s.id WHERE {People(by)}", Scope(by).Parameters);
        return rows.ToDictionary(row => row.Id, row => row.At);
    }

    /// <summary>The task types that new tasks may be of.</summary>
    public async Task<IReadOnlyList<TaskTypeView>> TaskTypesAsync(CancellationToken cancellationToken = default)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await connection.QueryAsync<TaskTypeRow>($"SELECT {ReadTables.TaskType.Columns} FROM task_type ORDER BY name");
        return [.. rows.Where(row => row.Enabled).Select(TaskTypeKind.View)];
    }

    /// <summary>How much people have to do. Without their names, which are read anew with every look.</summary>
    private async Task<IReadOnlyDictionary<Guid, OpenWorkRow>> OpenWorkAsync(Actor by)
    {
        await using var connection = await database.OpenAsync();
        var rows = await connection.QueryAsync<OpenWorkRow>(
            $"""
            SELECT u.id AS user_id,
                   sum(CASE WHEN t.stage = 1 THEN 1 ELSE 0 END) AS assigned,
                   sum(CASE WHEN t.stage = 2 THEN 1 ELSE 0 END) AS accepted,
                   sum(CASE WHEN t.stage = 4 THEN 1 ELSE 0 END) AS started
            FROM staff_user u JOIN task t ON t.open_assignee_id = u.id
            WHERE {People(by)}
            GROUP BY u.id
            """, Scope(by).Parameters);
        return rows.ToDictionary(row => row.UserId);
    }

    private static PersonLoad Load(PersonRow person, OpenWorkRow? work) => new(person.UserId, person.DisplayName, work?.Assigned ?? 0, work?.Accepted ?? 0, work?.Started ?? 0);

    /// <summary>Tasks by stage. PostgreSQL counts a department's as they change; others and one's own are counted now.</summary>
    private string Counts(Actor by, string scope) => database.Kind switch
    {
        DatabaseKind.PostgreSql when by.SeesAll => "SELECT stage, sum(tasks)::integer AS count FROM task_count GROUP BY stage HAVING sum(tasks) > 0",
        DatabaseKind.PostgreSql when TaskScope.SeesDepartment(by) =>
            $"""
            SELECT stage, sum(tasks)::integer AS count FROM (
                SELECT stage, tasks FROM task_count WHERE department_id = @mine
                UNION ALL SELECT stage, 1 FROM task WHERE {TaskScope.Own} AND department_id IS DISTINCT FROM @mine) seen
            GROUP BY stage HAVING sum(tasks) > 0
            """,
        _ => $"SELECT stage, count(*) AS count FROM task WHERE {scope} GROUP BY stage",
    };

    /// <summary>What nobody is at has an index by stage (<c>0015-board.sql</c>).</summary>
    private static string Lane(TaskStage stage) => TaskState.AtWork(stage) ? $"stage = {(int)stage}" : $"resting_stage = {(int)stage}";

    private static string NewestFirst(TaskStage stage) => TaskState.AtWork(stage) ? "id DESC" : "rests_since DESC";

    private static (string Sql, DynamicParameters Parameters) Scope(Actor by)
    {
        var parameters = new DynamicParameters();
        parameters.Add("me", by.UserId);
        parameters.Add("mine", by.DepartmentId);
        return (TaskScope.SeenBy(by), parameters);
    }

    /// <summary>Those who can be given work: staff and managers.</summary>
    private static string People(Actor by) =>
        "u.role IN (0, 1) AND " + (by.SeesAll ? "1 = 1" : by.Role == Role.Manager ? "u.department_id = @mine" : "u.id = @me");

    /// <summary>Those who see the same people have it in common.</summary>
    private static Guid Whose(Actor by) => by.SeesAll ? Guid.Empty : by is { Role: Role.Manager, DepartmentId: { } department } ? department : by.UserId;

    private sealed record StageRow
    {
        public TaskStage Stage { get; init; }
        public int Count { get; init; }
    }

    private sealed record PersonRow
    {
        public Guid UserId { get; init; }
        public string DisplayName { get; init; } = "";
    }

    private sealed record OpenWorkRow
    {
        public Guid UserId { get; init; }
        public int Assigned { get; init; }
        public int Accepted { get; init; }
        public int Started { get; init; }
    }
}
