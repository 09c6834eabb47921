using LimoCha.Actors.Kernel;
using LimoCha.Actors.Pages;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MudBlazor;
using MudBlazor.Services;

namespace LimoCha.Actors.Unit.Pages;

/// <summary>A part of a page whose first look cannot be had at once.</summary>
public sealed class PageComponentTests
{
    private readonly FakeTimeProvider clock = new();
    private readonly Source source = new();

    [Fact]
    public async Task What_it_begins_with_is_looked_for_until_it_can_be_reached_and_the_page_says_so_meanwhile()
    {
        await using var services = Services();
        await using var renderer = new HtmlRenderer(services, NullLoggerFactory.Instance);
        var snackbar = services.GetRequiredService<ISnackbar>();
        await renderer.Dispatcher.InvokeAsync(async () =>
        {
            var page = renderer.BeginRenderingComponent<Part>();
            page.ToHtmlString().Should().BeEmpty();
            snackbar.ShownSnackbars.Should().ContainSingle();

            clock.Advance(TimeSpan.FromSeconds(2));
            await source.LookedAsync(2);
            snackbar.ShownSnackbars.Should().ContainSingle("it is said once");
            source.Away = false;
            clock.Advance(TimeSpan.FromSeconds(2));
            await page.QuiescenceTask;

            page.ToHtmlString().Should().Be("here");
            snackbar.ShownSnackbars.Should().BeEmpty();
        });
    }

    [Fact]
    public async Task It_stops_looking_when_the_page_is_closed()
    {
        await using var services = Services();
        await using var renderer = new HtmlRenderer(services, NullLoggerFactory.Instance);
        await renderer.Dispatcher.InvokeAsync(async () =>
        {
            var page = renderer.BeginRenderingComponent<Part>();
            await source.Part!.DisposeAsync();
            await page.QuiescenceTask;
            source.Looks.Should().Be(1);
        });
    }

    private ServiceProvider Services()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddLocalization();
        services.AddMudServices();
        services.AddSingleton<TimeProvider>(clock);
        services.AddSingleton(source);
        services.AddSingleton<NavigationManager, Nowhere>();
        return services.BuildServiceProvider();
    }

    private sealed class Source
    {
        private readonly SemaphoreSlim looked = new(0);

        public bool Away { get; set; } = true;
        public int Looks { get; private set; }
        public Part? Part { get; set; }

        public void Look()
        {
            Looks++;
            looked.Release();
            if (Away)
            {
                throw new StorageUnavailableException("The data could not be read.");
            }
        }

        public async Task LookedAsync(int times)
        {
            while (Looks < times)
            {
                await looked.WaitAsync();
            }
        }
    }

    private sealed class Part : PageComponent
    {
        private bool here;

        [Inject] private Source Source { get; set; } = default!;

        protected override Task OnInitializedAsync()
        {
            Source.Part = this;
            return BeginAsync(() =>
            {
                Source.Look();
                here = true;
                return Task.CompletedTask;
            });
        }

        protected override void BuildRenderTree(RenderTreeBuilder builder) => builder.AddContent(0, here ? "here" : "");
    }

    private sealed class Nowhere : NavigationManager
    {
        public Nowhere() => Initialize("http://localhost/", "http://localhost/");
    }
}
