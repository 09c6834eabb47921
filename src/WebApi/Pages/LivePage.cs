using LimoCha.Actors.Devices;
using LimoCha.Actors.Kernel;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace LimoCha.Actors.Pages;

/// <summary>A page that follows the read model: it loads once and again whenever something changed, not oftener than a few times a second.</summary>
public abstract class LivePage : PageComponent
{
    /// <summary>How dialogs look: as wide as a phone or a small sheet, closed by Escape.</summary>
    internal static readonly DialogOptions Closable = new() { FullWidth = true, MaxWidth = MaxWidth.Small, CloseOnEscapeKey = true };

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private readonly SemaphoreSlim wanted = new(0);

    [Inject] private DeviceGateway Changes { get; set; } = default!;
    [CascadingParameter] private Task<AuthenticationState> Authentication { get; set; } = default!;

    /// <summary>Who looks.</summary>
    protected Actor Me { get; private set; } = default!;

    /// <summary>The page's session.</summary>
    protected Guid SessionId { get; private set; }

    /// <summary>Reads what the page shows.</summary>
    protected abstract Task LoadAsync();

    /// <summary>Asks for a fresh look.</summary>
    protected void Refresh()
    {
        if (wanted.CurrentCount == 0)
        {
            wanted.Release();
        }
    }

    /// <inheritdoc />
    protected override async Task OnInitializedAsync()
    {
        var user = (await Authentication).User;
        (Me, SessionId) = (user.ToActor(), user.SessionId());
        Changes.Changed += OnChanged;
        await LookAsync();
        _ = FollowAsync();
    }

    /// <inheritdoc />
    protected override Task CloseAsync()
    {
        Changes.Changed -= OnChanged;
        return Task.CompletedTask;
    }

    /// <summary>Loads and shows it, and says how long to leave it then. While the database is away, the page says so, what was there stays, and is looked for again.</summary>
    private async Task<TimeSpan> LookAsync()
    {
        var began = Clock.GetTimestamp();
        if (!await ReachAsync(LoadAsync))
        {
            Refresh();
            return Patience;
        }

        StateHasChanged();
        // What takes long is asked for less often: a page has a fifth of the time at most.
        var rest = Clock.GetElapsedTime(began) * 4;
        return rest > Pause ? rest : Pause;
    }

    private void OnChanged(IReadOnlyList<ReadModelChange> changes) => Refresh();

    private async Task FollowAsync()
    {
        try
        {
            while (true)
            {
                await wanted.WaitAsync(Closed);
                var pause = Pause;
                await InvokeAsync(async () => pause = await LookAsync());
                await Task.Delay(pause, Clock, Closed);
            }
        }
        catch (OperationCanceledException)
        {
            // The page is closed.
        }
        catch (Exception error)
        {
            await DispatchExceptionAsync(error);
        }
    }
}
