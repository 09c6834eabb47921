using Dapper;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Notices;
using LimoCha.Actors.Staff;
using LimoCha.Actors.Storage;
using LimoCha.Actors.Tasks;

namespace LimoCha.Actors.ReadModel;

/// <inheritdoc cref="IStaffReadModel" />
internal sealed class StaffReadModel(Database database) : IStaffReadModel
{
    public async Task<IReadOnlyList<Candidate>> CandidatesAsync(Guid? departmentId, CancellationToken cancellationToken = default)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await connection.QueryAsync<CandidateRow>(
            $"""
            SELECT u.id, u.department_id, u.skills, u.capacity, count(t.id) AS open
            FROM staff_user u LEFT JOIN task t ON t.open_assignee_id = u.id
            WHERE {Enabled} AND u.role = {(int)Role.Staff} {(departmentId is null ? "" : "AND u.department_id = @departmentId")}
            GROUP BY u.id, u.department_id, u.skills, u.capacity
            """, new { departmentId });
        return
        [
            .. rows.Select(row => new Candidate
            {
                UserId = row.Id, DepartmentId = row.DepartmentId, Skills = UserProjection.Skills(row.Skills), Capacity = row.Capacity, Open = row.Open,
            }),
        ];
    }

    public async Task<IReadOnlyList<Guid>> WithRoleAsync(Role role, CancellationToken cancellationToken = default)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.QueryAsync<Guid>($"SELECT u.id FROM staff_user u WHERE {Enabled} AND u.role = {(int)role}");
    }

    public async Task<IReadOnlyList<Guid>> AudienceAsync(Audience audience, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(audience);
        if (audience.Kind == AudienceKind.People)
        {
            return [.. audience.UserIds!.Distinct()];
        }

        await using var connection = await database.OpenAsync(cancellationToken);
        var scope = audience.Kind switch
        {
            AudienceKind.Department => "AND u.department_id = @DepartmentId",
            AudienceKind.Managers => $"AND u.department_id = @DepartmentId AND u.role = {(int)Role.Manager}",
            _ => "",
        };
        return await connection.QueryAsync<Guid>($"SELECT u.id FROM staff_user u WHERE {Enabled} {scope}", new { audience.DepartmentId });
    }

    private string Enabled => database.Kind == DatabaseKind.PostgreSql ? "u.enabled" : "u.enabled = 1";

    private sealed record CandidateRow
    {
        public Guid Id { get; init; }
        public Guid? DepartmentId { get; init; }
        public string? Skills { get; init; }
        public int Capacity { get; init; }
        public int Open { get; init; }
    }
}
