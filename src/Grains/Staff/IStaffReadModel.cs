using LimoCha.Actors.Notices;
using LimoCha.Actors.Tasks;

namespace LimoCha.Actors.Staff;

/// <summary>What actors read of the staff as a whole.</summary>
public interface IStaffReadModel
{
    /// <summary>Enabled staff and managers of a department, or of the company, with their open tasks.</summary>
    Task<IReadOnlyList<Candidate>> CandidatesAsync(Guid? departmentId, CancellationToken cancellationToken = default);

    /// <summary>Enabled people with a role.</summary>
    Task<IReadOnlyList<Guid>> WithRoleAsync(Kernel.Role role, CancellationToken cancellationToken = default);

    /// <summary>Enabled people that an audience means.</summary>
    Task<IReadOnlyList<Guid>> AudienceAsync(Audience audience, CancellationToken cancellationToken = default);
}
