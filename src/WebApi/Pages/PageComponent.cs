using LimoCha.Actors.Kernel;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;
using MudBlazor;

namespace LimoCha.Actors.Pages;

/// <summary>A part of a page. When what a click asks for cannot be reached now, it says so, and everything stays as it is, to be tried again.</summary>
public abstract class PageComponent : ComponentBase, IHandleEvent
{
    /// <summary>Messages that come and go.</summary>
    [Inject] protected ISnackbar Snackbar { get; private set; } = default!;

    /// <summary>The reader's language.</summary>
    [Inject] protected IStringLocalizer<Strings> L { get; private set; } = default!;

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
