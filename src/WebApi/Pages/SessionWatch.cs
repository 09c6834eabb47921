using LimoCha.Actors.Identity;
using LimoCha.Actors.Kernel;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;

namespace LimoCha.Actors.Pages;

/// <summary>Looks every second whether an open page's session still stands; a page whose session is over is sent to sign-in.</summary>
internal sealed class SessionWatch(ILoggerFactory loggerFactory, SessionCheck check) : RevalidatingServerAuthenticationStateProvider(loggerFactory)
{
    protected override TimeSpan RevalidationInterval => TimeSpan.FromSeconds(1);

    protected override async Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken) =>
        authenticationState.User.Identity?.IsAuthenticated != true
        || await check.FindAsync(authenticationState.User.ToActor().UserId, authenticationState.User.SessionId()) is { } now && !now.ToActor().Challenged;
}
