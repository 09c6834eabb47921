using LimoCha.Actors.Consent;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Notices;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.Push;

namespace LimoCha.Actors.Staff;

/// <summary>Who may do what to a staff member's account, and how sessions live and end.</summary>
public static class UserRules
{
    /// <summary>A session unused for this long ends.</summary>
    public static readonly TimeSpan SessionLifetime = TimeSpan.FromDays(30);

    /// <summary>How long a session may do sensitive things after its person proved that it is them.</summary>
    public static readonly TimeSpan ElevationLasts = TimeSpan.FromMinutes(10);

    private const string ErasedName = "已注销 / account closed";
    private const int MaxSessions = 20;

    /// <summary>Takes the person on.</summary>
    public static Decision<UserEvent> Create(UserState state, CreateUser command, Credentials credentials, Actor by) =>
        by.Role != Role.Admin ? Refusal.Forbidden("Only an admin takes people on.")
        : state.Made ? Refusal.Conflict("already-exists", "There is a user with this id already.")
        : new UserCreated(command.UserName, command.DisplayName.Trim(), command.Role, command.DepartmentId) { Credentials = credentials, Enabled = command.Enabled, Phone = command.Phone, Email = command.Email };

    /// <summary>Changes the profile; disabling ends every session.</summary>
    public static Decision<UserEvent> Change(Guid id, UserState state, ChangeUser command, Actor by)
    {
        if (!state.Made)
        {
            return Refusal.NotFound("user");
        }

        if (by.Role != Role.Admin)
        {
            return Refusal.Forbidden("Only an admin changes accounts.");
        }

        if (state.ErasedAt is not null)
        {
            return Refusal.Conflict("erased", "The account has been closed and its data erased.");
        }

        if (command.Skills is { Count: > 30 } || command.Skills?.Any(skill => string.IsNullOrWhiteSpace(skill) || skill.Length > 40) == true)
        {
            return Refusal.Invalid("skills", "At most 30 skills of 1 to 40 characters.");
        }

        if (by.UserId == id && (command.Enabled == false || command.Role is { } role && role != Role.Admin))
        {
            return Refusal.Conflict("own-account", "Admins cannot lock themselves out; let another admin do it.");
        }

        var changed = new UserChanged(
            command.DisplayName?.Trim() ?? state.DisplayName, command.Role ?? state.Role,
            command.DepartmentId ?? state.DepartmentId, command.Enabled ?? state.Enabled)
        {
            Skills = command.Skills is null || command.Skills.SequenceEqual(state.Skills ?? []) ? null : [.. command.Skills.Select(skill => skill.Trim()).Distinct(StringComparer.OrdinalIgnoreCase)],
            Capacity = command.Capacity == state.Capacity ? null : command.Capacity,
        };
        return changed == new UserChanged(state.DisplayName, state.Role, state.DepartmentId, state.Enabled) ? Decision<UserEvent>.Nothing
            : state.Enabled && !changed.Enabled ? Decision<UserEvent>.Facts(changed, new SessionsEnded(null, "disabled"))
            : changed;
    }

    /// <summary>Colleagues may see each other.</summary>
    public static bool MaySee(UserState state) => state.Made;

    /// <summary>Opens a session; the same device's old one, and the one unused longest beyond the limit, end.</summary>
    public static Decision<UserEvent> Open(UserState state, Guid sessionId, string? deviceId, DateTimeOffset now, RiskOptions risk) =>
        !state.Made ? Refusal.NotFound("user")
        : !state.Enabled ? Refusal.Forbidden("The account is disabled.")
        : RiskRules.IsNewDevice(state, deviceId)
            ? Decision<UserEvent>.Facts(new SessionOpened(sessionId, now + SessionLifetime) { DeviceId = deviceId }, RiskRules.Raise(RiskKind.NewDevice, sessionId, risk))
        : new SessionOpened(sessionId, now + SessionLifetime) { DeviceId = deviceId };

    /// <summary>Moves a session on; an old generation ends it, because two parties hold the token.</summary>
    public static Decision<UserEvent> Rotate(UserState state, Guid sessionId, int generation, DateTimeOffset now) =>
        Find(state, sessionId, now) is not { } session || !state.Enabled ? Refusal.Conflict("session-over", "The session is over; sign in again.")
        : session.Generation != generation ? new SessionsEnded(sessionId, "token-reuse")
        : new SessionRotated(sessionId, generation + 1, now + SessionLifetime);

    /// <summary>Ends one session or all; nothing to do when there is none.</summary>
    public static Decision<UserEvent> End(Guid id, UserState state, Guid? sessionId, string reason, Actor by) =>
        !state.Made ? Refusal.NotFound("user")
        : by.UserId != id && by.Role != Role.Admin ? Refusal.Forbidden("Only the person or an admin ends a session.")
        : sessionId is { } one && !state.Sessions.Any(session => session.Id == one) ? Refusal.NotFound("session")
        : new SessionsEnded(sessionId, reason);

    /// <summary>Sets where a session's pushes go. A token belongs to one phone: another session that had it has it no more.</summary>
    public static Decision<UserEvent> SetPushTarget(Guid id, UserState state, Guid sessionId, PushTarget? target, bool consents, Actor by, DateTimeOffset now) =>
        by.UserId != id ? Refusal.Forbidden("Where a device's pushes go is its owner's to say.")
        : Find(state, sessionId, now) is not { } session ? Refusal.NotFound("device")
        : target is not null && !consents
            ? Refusal.Unprocessable("consent-required", $"Pushes go through the phone vendor's service; they need your consent to {Purposes.PushVendor}.", "token")
        : session.Push == target ? Decision<UserEvent>.Nothing
        : Decision<UserEvent>.Facts(
        [
            .. state.Sessions.Where(other => target is not null && other.Id != sessionId && other.Push == target).Select(other => new PushTargetChanged(other.Id)),
            new PushTargetChanged(sessionId) { Target = target },
        ]);

    /// <summary>Sets what the person wants to be told.</summary>
    public static Decision<UserEvent> SetPreferences(UserState state, PushPreferences preferences) =>
        !state.Made ? Refusal.NotFound("user")
        : Bad(preferences.Off) ? Refusal.Invalid("off", "At most 50 categories of 1 to 40 characters.")
        : Bad(preferences.DeviceOff) ? Refusal.Invalid("deviceOff", "At most 50 categories of 1 to 40 characters.")
        : preferences.QuietHours is { } quiet && Bad(quiet.Except) ? Refusal.Invalid("quietHours.except", "At most 50 categories of 1 to 40 characters.")
        : preferences.QuietHours is { } hours && hours.From == hours.To ? Refusal.Invalid("quietHours.to", "Quiet hours end at another time than they begin.")
        : new PreferencesChanged(preferences);

    private static bool Bad(IReadOnlyList<string> categories) => categories.Count > 50 || categories.Any(category => string.IsNullOrWhiteSpace(category) || category.Length > 40);

    /// <summary>Closes the account; admins do not close their own, so that somebody is left.</summary>
    public static Decision<UserEvent> Erase(Guid id, UserState state, string reason, Actor by) =>
        !state.Made ? Refusal.NotFound("user")
        : !by.IsOffice ? Refusal.Forbidden("Only the privacy office and admins close an account.")
        : state.ErasedAt is not null ? Decision<UserEvent>.Nothing
        : by.UserId == id ? Refusal.Conflict("own-account", "Nobody closes their own account here; make a request, and somebody else does it.")
        : Decision<UserEvent>.Facts(new SessionsEnded(null, "disabled"), new UserErased(reason));

    /// <summary>Lets a session do sensitive things for a while; the person's own act, after they proved it is them.</summary>
    public static Decision<UserEvent> Elevate(Guid id, UserState state, Guid sessionId, Actor by, DateTimeOffset now) =>
        by.UserId != id ? Refusal.Forbidden("Only the person does this.")
        : Find(state, sessionId, now) is null ? Refusal.NotFound("session")
        : new SessionElevated(sessionId, now + ElevationLasts);

    /// <summary>Records who the person is; the person's own act, under their consent.</summary>
    public static Decision<UserEvent> SetRealName(Guid id, UserState state, SetRealName command, bool consents, Actor by) =>
        by.UserId != id || !state.Made ? Refusal.NotFound("user")
        : !consents ? Refusal.Unprocessable("consent-required", $"Your identity document is recorded only under your consent to {Purposes.AccountRealName}.", "identityNumber")
        : !IdentityNumbers.IsValid(command.IdentityNumber) ? Refusal.Invalid("identityNumber", "This is not a resident identity number: 18 characters with a right check digit.")
        : new RealNameRecorded { Values = command with { Name = command.Name.Trim(), IdentityNumber = command.IdentityNumber.ToUpperInvariant() } };

    /// <summary>A live session.</summary>
    public static Session? Find(UserState state, Guid sessionId, DateTimeOffset now) =>
        state.Sessions.FirstOrDefault(session => session.Id == sessionId && session.ExpiresAt > now);

    /// <summary>The state with a fact added.</summary>
    public static UserState Apply(UserState state, UserEvent fact, DateTimeOffset at) => fact switch
    {
        UserCreated f => state with
        {
            Made = true, Enabled = f.Enabled, Phone = f.Phone, Email = f.Email, UserName = f.UserName, DisplayName = f.DisplayName, Role = f.Role,
            DepartmentId = f.DepartmentId, CreatedAt = at, Credentials = f.Credentials ?? state.Credentials,
        },
        UserChanged f => state with
        {
            DisplayName = f.DisplayName, Role = f.Role, DepartmentId = f.DepartmentId, Enabled = f.Enabled,
            Skills = f.Skills ?? state.Skills, Capacity = f.Capacity ?? state.Capacity,
        },
        PushTargetChanged f => state with { Sessions = [.. state.Sessions.Select(session => session.Id == f.SessionId ? session with { Push = f.Target } : session)] },
        NoticeRead f => state with { NoticesRead = NoticeRules.Remember(state.NoticesRead, f.NoticeId, at) },
        SessionElevated f => state with { Sessions = [.. state.Sessions.Select(session => session.Id == f.SessionId ? session with { ElevatedUntil = f.Until, ChallengedAt = null } : session)] },
        RiskRaised { Challenge: true } f => state with { Sessions = [.. state.Sessions.Select(session => f.SessionId is null || session.Id == f.SessionId ? session with { ChallengedAt = at, ElevatedUntil = null } : session)] },
        RealNameRecorded f => state with { RealName = f.Values?.Name, IdentityNumber = f.Values?.IdentityNumber, RealNameAt = at },
        UserErased => state with
        {
            UserName = $"erased-{at.ToUnixTimeMilliseconds():x}", DisplayName = ErasedName, Enabled = false, Credentials = new(), Sessions = [], Preferences = new(), Skills = null, Phone = null, Email = null, RealName = null, IdentityNumber = null, RealNameAt = null, KnownDevices = [],
            NoticesRead = state.NoticesRead.Clear(), ErasedAt = at, DoomedKey = state.Key?.Id, Key = null, Unknown = null,
        },
        UserKeyDestroyed => state with { DoomedKey = null },
        CredentialsChanged f => state with { Credentials = f.Credentials ?? state.Credentials },
        SessionOpened f => state with
        {
            KnownDevices = RiskRules.Remember(state.KnownDevices, f.DeviceId),
            Sessions =
            [
                .. state.Sessions
                    .Where(session => session.ExpiresAt > at && (f.DeviceId is null || session.DeviceId != f.DeviceId))
                    .OrderByDescending(session => session.LastSeenAt).Take(MaxSessions - 1),
                new Session(f.SessionId, f.DeviceId, 1, at, at, f.ExpiresAt),
            ],
        },
        SessionRotated f => state with
        {
            Sessions =
            [
                .. state.Sessions.Select(session => session.Id == f.SessionId
                    ? session with { Generation = f.Generation, LastSeenAt = at, ExpiresAt = f.ExpiresAt }
                    : session),
            ],
        },
        SessionsEnded f => state with { Sessions = f.SessionId is { } one ? [.. state.Sessions.Where(s => s.Id != one)] : [] },
        PreferencesChanged f => state with { Preferences = f.Preferences },
        // What was kept under a consent goes with it.
        UserConsentChanged { Flag: { Purpose: Purposes.AccountRealName, State: not ConsentState.Granted } } f => state with
        {
            Consents = state.Consents.SetItem(f.Flag.Purpose, f.Flag), RealName = null, IdentityNumber = null, RealNameAt = null,
        },
        UserConsentChanged f => state with { Consents = state.Consents.SetItem(f.Flag.Purpose, f.Flag) },
        _ => state,
    };
}
