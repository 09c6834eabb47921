using LimoCha.Actors.Kernel;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;
using MudBlazor;

namespace LimoCha.Actors.Pages;

/// <summary>
/// A part of a page. When what a click asks for cannot be reached now, it says so, and everything stays as it is, to be tried again; what the part
/// begins with is looked for until it is there.
/// </summary>
public abstract class PageComponent : ComponentBase, IHandleEvent, IAsyncDisposable
{
    /// <summary>How long what cannot be reached is left before it is looked for again.</summary>
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private const string Away = "Away";
    private readonly CancellationTokenSource closed = new();

    /// <summary>Messages that come and go.</summary>
    [Inject] protected ISnackbar Snackbar { get; private set; } = default!;

    /// <summary>The reader's language.</summary>
    [Inject] protected IStringLocalizer<Strings> L { get; private set; } = default!;

    /// <summary>The clock.</summary>
    [Inject] protected TimeProvider Clock { get; private set; } = default!;

    /// <summary>Ends when the page is closed.</summary>
    protected CancellationToken Closed => closed.Token;

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await closed.CancelAsync();
        await CloseAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>The page is being closed.</summary>
    protected virtual Task CloseAsync() => Task.CompletedTask;

    /// <summary>Looks at something; false when it cannot be reached now, which the page says until something can.</summary>
    protected async Task<bool> ReachAsync(Func<Task> look)
    {
        ArgumentNullException.ThrowIfNull(look);
        try
        {
            await look();
            Snackbar.RemoveByKey(Away);
            return true;
        }
        catch (Exception error) when (FailureHandler.IsAway(error))
        {
            Snackbar.Add(L[Away], Severity.Warning, message => message.RequireInteraction = true, Away);
            return false;
        }
    }

    /// <summary>Looks at what the part begins with, again and again until it can be reached or the page is closed.</summary>
    protected async Task BeginAsync(Func<Task> look)
    {
        while (!Closed.IsCancellationRequested && !await ReachAsync(look))
        {
            await Task.Delay(Patience, Clock, Closed).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    async Task IHandleEvent.HandleEventAsync(EventCallbackWorkItem item, object? arg)
    {
        try
        {
            var handling = item.InvokeAsync(arg);
            // What was said before the first wait shows meanwhile, as in every component.
            StateHasChanged();
            await handling;
        }
        catch (OperationCanceledException)
        {
            // The page is being left.
            return;
        }
        catch (Exception error) when (FailureHandler.IsAway(error))
        {
            Snackbar.Add(L["Problem.unavailable"], Severity.Error);
        }

        StateHasChanged();
    }
}
