using LimoCha.Actors.Identity;
using LimoCha.Actors.Kernel;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;

namespace LimoCha.Actors.Pages;

/// <summary>Looks every second whether an open page's session still stands; a page whose session is over is sent to sign-in.</summary>
internal sealed class SessionWatch(ILoggerFactory loggerFactory, SessionCheck check) : RevalidatingServerAuthenticationStateProvider(loggerFactory)
{
    protected override TimeSpan RevalidationInterval => TimeSpan.FromSeconds(1);

    /// <summary>While it cannot be known, what is on the page stays there: whatever else it asks for cannot be had either.</summary>
    protected override async Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken)
    {
        var user = authenticationState.User;
        try
        {
            return user.Identity?.IsAuthenticated != true || await check.FindAsync(user.ToActor().UserId, user.SessionId()) is { } now && !now.ToActor().Challenged;
        }
        catch (Exception error) when (FailureHandler.IsAway(error))
        {
            return true;
        }
    }
}
