using LimoCha.Actors.Devices;
using LimoCha.Actors.Identity;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.ReadModel;
using LimoCha.Actors.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace LimoCha.Actors.Staff;

/// <summary>A list of staff.</summary>
public sealed class UserFilter
{
    /// <summary>Of this department.</summary>
    [FromQuery(Name = "departmentId")] public Guid? DepartmentId { get; init; }
    /// <summary>With this role.</summary>
    [FromQuery(Name = "role")] public Choice<Role>? Role { get; init; }
    /// <summary>Enabled or not.</summary>
    [FromQuery(Name = "enabled")] public bool? Enabled { get; init; }
}

/// <summary>A role and what it is for.</summary>
[NotPersonal]
public sealed record RoleView(Role Role, string Description);

/// <summary>Staff, departments and roles: /users, /departments, /roles.</summary>
public static class StaffApi
{
    private static readonly Dictionary<string, SortKey<UserRow>> UserSorts = new()
    {
        ["userName"] = new("user_name", row => row.UserName),
        ["displayName"] = new("display_name", row => row.DisplayName),
        ["createdAt"] = new("id", row => row.Id),
    };

    private static readonly Dictionary<string, SortKey<DepartmentRow>> DepartmentSorts = new() { ["name"] = new("name", row => row.Name) };

    private static readonly RoleView[] Roles =
    [
        new(Role.Staff, "Works on tasks and customers of their own."),
        new(Role.Manager, "Dispatches and sees their department."),
        new(Role.Admin, "Runs the deployment."),
        new(Role.PrivacyOfficer, "Answers for personal data."),
        new(Role.Auditor, "Reads everything, changes nothing."),
    ];

    /// <summary>Maps the paths.</summary>
    public static RouteGroupBuilder MapStaffApi(this RouteGroupBuilder api)
    {
        var users = api.MapGroup("/users").WithTags("Staff").RequireAuthorization(Policies.Staff);
        users.MapPost("", CreateAsync).RequireAuthorization(Policies.Admin).WithSummary("Takes a person on.");
        users.MapGet("", ListAsync).WithSummary("Staff: everybody for admins, the department otherwise.");
        users.MapGet("/{id:guid}", GetAsync).WithSummary("A person.");
        users.MapPatch("/{id:guid}", ChangeAsync).RequireAuthorization(Policies.Admin).WithSummary("Changes a profile; disabling signs the person out everywhere.");
        users.MapGet("/{id:guid}/presence", PresenceAsync).RequireAuthorization(Policies.Manager).WithSummary("Whether a person can be reached now.");

        var departments = api.MapGroup("/departments").WithTags("Staff").RequireAuthorization(Policies.Staff);
        departments.MapPost("", CreateDepartmentAsync).RequireAuthorization(Policies.Admin).WithSummary("Makes a department.");
        departments.MapGet("", ListDepartmentsAsync).WithSummary("The departments.");
        departments.MapGet("/{id:guid}", GetDepartmentAsync).WithSummary("A department.");
        departments.MapPut("/{id:guid}", ChangeDepartmentAsync).RequireAuthorization(Policies.Admin).WithSummary("Changes a department.");

        api.MapGet("/roles", () => TypedResults.Ok(Roles)).WithTags("Staff").RequireAuthorization(Policies.Staff).WithSummary("The roles.");
        return api;
    }

    private static async Task<Results<Created<UserView>, ProblemHttpResult>> CreateAsync(CreateUser command, Call call, HttpContext context, Accounts accounts, CancellationToken cancellationToken) =>
        (await accounts.CreateAsync(command, call.OperationId, call.Context, cancellationToken)).Created(context, user => $"/api/v1/users/{user.Id}");

    private static async Task<Results<Ok<Page<UserView>>, ProblemHttpResult>> ListAsync(
        [AsParameters] UserFilter filter, [AsParameters] ListRequest request, Call call, HttpContext context, Database database, TimeProvider clock, CancellationToken cancellationToken)
    {
        var query = new ListQuery<UserRow>(database, "staff_user", ReadTables.User.Columns, UserSorts)
            .WhereIf(filter.DepartmentId, "department_id = @departmentId", "departmentId")
            .WhereIf((int?)filter.Role?.Value, "role = @role", "role")
            .WhereIf(filter.Enabled, "enabled = @enabled", "enabled")
            .Search(request.Q, "display_name", "user_name");
        if (!call.By.SeesAll)
        {
            query.Where("(id = @me OR department_id = @mine)", "me", call.By.UserId).Where("1 = 1", "mine", call.By.DepartmentId);
        }

        return (await query.ReadAsync(request, "displayName", UserProjection.View, clock, cancellationToken)).Ok(context);
    }

    private static async Task<Results<Ok<UserView>, ProblemHttpResult>> GetAsync(Guid id, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<IUserGrain>(id).GetAsync(call.By, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<UserView>, ProblemHttpResult>> ChangeAsync(Guid id, ChangeUser command, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        command.DepartmentId is { } department && !(await grains.Grain<IDepartmentGrain>(department).GetAsync(cancellationToken)).Ok
            ? Problems.From(Refusal.Unprocessable("unknown-department", "There is no such department.", "departmentId"))
            : (await grains.Grain<IUserGrain>(id).ChangeAsync(command, call.Context, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<Presence>, ProblemHttpResult>> PresenceAsync(Guid id, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var user = await grains.Grain<IUserGrain>(id).GetAsync(call.By, cancellationToken);
        return !user.Ok || call.By.Role == Role.Manager && user.Value.DepartmentId != call.By.DepartmentId
            ? Problems.From(Refusal.NotFound("user"))
            : TypedResults.Ok(await grains.Grain<IUserGrain>(id).PresenceAsync(cancellationToken));
    }

    private static async Task<Results<Created<DepartmentView>, ProblemHttpResult>> CreateDepartmentAsync(SaveDepartment command, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        await UnknownParentAsync(command, grains, cancellationToken) is { } refusal
            ? Problems.From(refusal)
            : (await grains.Grain<IDepartmentGrain>(call.NewId()).CreateAsync(command, call.Context, cancellationToken)).Created(context, department => $"/api/v1/departments/{department.Id}");

    private static async Task<Results<Ok<Page<DepartmentView>>, ProblemHttpResult>> ListDepartmentsAsync(
        [AsParameters] ListRequest request, HttpContext context, Database database, TimeProvider clock, CancellationToken cancellationToken) =>
        (await new ListQuery<DepartmentRow>(database, "department", ReadTables.Department.Columns, DepartmentSorts).Search(request.Q, "name")
            .ReadAsync(request, "name", UserProjection.View, clock, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<DepartmentView>, ProblemHttpResult>> GetDepartmentAsync(Guid id, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<IDepartmentGrain>(id).GetAsync(cancellationToken)).Ok(context);

    private static async Task<Results<Ok<DepartmentView>, ProblemHttpResult>> ChangeDepartmentAsync(Guid id, SaveDepartment command, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        await UnknownParentAsync(command, grains, cancellationToken) is { } refusal
            ? Problems.From(refusal)
            : (await grains.Grain<IDepartmentGrain>(id).ChangeAsync(command, call.Context, cancellationToken)).Ok(context);

    private static async Task<Refusal?> UnknownParentAsync(SaveDepartment command, IGrainFactory grains, CancellationToken cancellationToken) =>
        command.ParentId is { } parent && !(await grains.Grain<IDepartmentGrain>(parent).GetAsync(cancellationToken)).Ok
            ? Refusal.Unprocessable("unknown-department", "There is no such department.", "parentId")
            : null;
}
