using LimoCha.Actors.Privacy;

namespace LimoCha.Actors.Staff;

/// <summary>The fields of a staff member that can leave the company; only by a legal disclosure.</summary>
public static class UserFields
{
    /// <summary>All of them.</summary>
    public static SubjectFields<UserState> All { get; } = new(
        ("userName", DataClass.WorkIdentity, state => state.UserName), ("displayName", DataClass.WorkIdentity, state => state.DisplayName), ("phone", DataClass.Contact, state => state.Phone),
        ("email", DataClass.Contact, state => state.Email), ("realName", DataClass.Identity, state => state.RealName), ("identityNumber", DataClass.IdentityDocument, state => state.IdentityNumber));
}
