using LimoCha.Actors.Kernel;

namespace LimoCha.Actors.Staff;

/// <summary>Who may do what to a staff member's account, and how sessions live and end.</summary>
public static class UserRules
{
    /// <summary>A session unused for this long ends.</summary>
    public static readonly TimeSpan SessionLifetime = TimeSpan.FromDays(30);

    private const int MaxSessions = 20;

    /// <summary>Takes the person on.</summary>
    public static Decision<UserEvent> Create(UserState state, CreateUser command, Credentials credentials, Actor by) =>
        by.Role != Role.Admin ? Refusal.Forbidden("Only an admin takes people on.")
        : state.Made ? Refusal.Conflict("already-exists", "There is a user with this id already.")
        : new UserCreated(command.UserName, command.DisplayName.Trim(), command.Role, command.DepartmentId) { Credentials = credentials };

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

        if (by.UserId == id && (command.Enabled == false || command.Role is { } role && role != Role.Admin))
        {
            return Refusal.Conflict("own-account", "Admins cannot lock themselves out; let another admin do it.");
        }

        var changed = new UserChanged(
            command.DisplayName?.Trim() ?? state.DisplayName, command.Role ?? state.Role,
            command.DepartmentId ?? state.DepartmentId, command.Enabled ?? state.Enabled);
        return changed == new UserChanged(state.DisplayName, state.Role, state.DepartmentId, state.Enabled) ? Decision<UserEvent>.Nothing
            : state.Enabled && !changed.Enabled ? Decision<UserEvent>.Facts(changed, new SessionsEnded(null, "disabled"))
            : changed;
    }

    /// <summary>Colleagues may see each other.</summary>
    public static bool MaySee(UserState state) => state.Made;

    /// <summary>Opens a session; the same device's old one, and the one unused longest beyond the limit, end.</summary>
    public static Decision<UserEvent> Open(UserState state, Guid sessionId, string? deviceId, DateTimeOffset now) =>
        !state.Made ? Refusal.NotFound("user")
        : !state.Enabled ? Refusal.Forbidden("The account is disabled.")
        : new SessionOpened(sessionId, deviceId, now + SessionLifetime);

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

    /// <summary>A live session.</summary>
    public static Session? Find(UserState state, Guid sessionId, DateTimeOffset now) =>
        state.Sessions.FirstOrDefault(session => session.Id == sessionId && session.ExpiresAt > now);

    /// <summary>The state with a fact added.</summary>
    public static UserState Apply(UserState state, UserEvent fact, DateTimeOffset at) => fact switch
    {
        UserCreated f => state with
        {
            Made = true, Enabled = true, UserName = f.UserName, DisplayName = f.DisplayName, Role = f.Role,
            DepartmentId = f.DepartmentId, CreatedAt = at, Credentials = f.Credentials ?? state.Credentials,
        },
        UserChanged f => state with { DisplayName = f.DisplayName, Role = f.Role, DepartmentId = f.DepartmentId, Enabled = f.Enabled },
        CredentialsChanged f => state with { Credentials = f.Credentials ?? state.Credentials },
        SessionOpened f => state with
        {
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
        UserConsentChanged f => state with { Consents = state.Consents.SetItem(f.Flag.Purpose, f.Flag) },
        _ => state,
    };
}
