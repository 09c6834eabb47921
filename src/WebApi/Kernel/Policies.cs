using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;

namespace LimoCha.Actors.Kernel;

/// <summary>
/// Who may call. Every endpoint and hub method names one of these or says that it is anonymous; what a caller may see
/// or change beyond that is the actors' rule. The API takes bearer tokens only, pages take the cookie only.
/// </summary>
public static class Policies
{
    /// <summary>API: anyone signed in.</summary>
    public const string Staff = "api:staff";
    /// <summary>API: managers and admins.</summary>
    public const string Manager = "api:manager";
    /// <summary>API: admins.</summary>
    public const string Admin = "api:admin";
    /// <summary>API: the privacy office: privacy officers and admins.</summary>
    public const string Privacy = "api:privacy";
    /// <summary>API: those who read the audit trail: privacy officers and auditors.</summary>
    public const string Audit = "api:audit";
    /// <summary>API: those who oversee: the privacy office and auditors.</summary>
    public const string Oversight = "api:oversight";
    /// <summary>The device hub: anyone signed in.</summary>
    public const string Device = "hub:device";
    /// <summary>Pages: anyone signed in.</summary>
    public const string Page = "page:staff";
    /// <summary>Pages: admins.</summary>
    public const string AdminPage = "page:admin";

    /// <summary>Pages: the privacy office and auditors.</summary>
    public const string PrivacyPage = "page:privacy";

    /// <summary>Defines them all.</summary>
    public static void AddTo(AuthorizationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        // Under /api and /hubs the default scheme is the bearer token alone (see AddLimoChaIdentity); a test checks that
        // these policies stand nowhere else. Naming it would authenticate every request a second time.
        Add(Staff, null);
        Add(Manager, null, Role.Manager, Role.Admin);
        Add(Admin, null, Role.Admin);
        Add(Privacy, null, Role.PrivacyOfficer, Role.Admin);
        Add(Audit, null, Role.PrivacyOfficer, Role.Auditor);
        Add(Oversight, null, Role.PrivacyOfficer, Role.Admin, Role.Auditor);
        Add(Device, null);
        Add(Page, CookieAuthenticationDefaults.AuthenticationScheme);
        Add(AdminPage, CookieAuthenticationDefaults.AuthenticationScheme, Role.Admin);

        Add(PrivacyPage, CookieAuthenticationDefaults.AuthenticationScheme, Role.PrivacyOfficer, Role.Admin, Role.Auditor);

        void Add(string name, string? scheme, params Role[] roles) => options.AddPolicy(name, policy =>
        {
            policy.AddAuthenticationSchemes(scheme is null ? [] : [scheme]).RequireAuthenticatedUser();
            if (roles.Length > 0)
            {
                policy.RequireRole(roles.Select(role => role.ToString()));
            }
        });
    }
}
