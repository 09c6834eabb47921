using System.Reflection;
using LimoCha.Actors.Devices;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.ReadModel;
using LimoCha.Actors.Tasks;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using NetArchTest.Rules;
using Orleans;

namespace LimoCha.Actors.Unit.Architecture;

public sealed class ArchitectureTests
{
    private static readonly Assembly Contracts = typeof(ITaskGrain).Assembly;
    private static readonly Assembly Actors = typeof(TaskGrain).Assembly;

    [Fact]
    public void Contracts_and_actors_know_no_web_and_no_database()
    {
        foreach (var assembly in new[] { Contracts, Actors })
        {
            Types.InAssembly(assembly).ShouldNot().HaveDependencyOnAny("Microsoft.AspNetCore", "Npgsql", "Microsoft.Data.Sqlite", "Dapper")
                .GetResult().FailingTypeNames.Should().BeNullOrEmpty();
        }
    }

    [Fact]
    public void Rules_know_no_grain_no_clock_and_no_storage() =>
        Types.InAssembly(Actors).That().HaveNameEndingWith("Rules").ShouldNot()
            .HaveDependencyOnAny("Orleans.Grain", "Orleans.IGrainFactory", "Orleans.Storage", "System.TimeProvider", "Microsoft.Extensions")
            .GetResult().FailingTypeNames.Should().BeNullOrEmpty();

    /// <summary>The storage row is found by state name and key alone: two kinds under one name would share rows (dotnet/orleans 9737).</summary>
    [Fact]
    public void Every_durable_actor_has_a_grain_type_of_its_own_and_a_table_that_the_sweep_compares()
    {
        var kinds = Actors.GetTypes().Where(type => !type.IsAbstract && type.IsAssignableTo(typeof(IDurableGrain)))
            .Select(type => type.GetCustomAttribute<GrainTypeAttribute>()?.GetGrainType(null!, type).ToString()).ToList();
        kinds.Should().NotContainNulls().And.OnlyHaveUniqueItems().And.BeEquivalentTo(ReadTables.ByKind.Keys);
    }

    /// <summary>A string key that reads as a hexadecimal number collides with others (dotnet/orleans 9706).</summary>
    [Fact]
    public void String_keys_carry_a_prefix_that_is_no_hexadecimal_number() =>
        new Secrets(new byte[32]).NameKey("ANN").Should().StartWith("name-");

    [Fact]
    public void Every_contract_type_and_method_has_an_alias_for_rolling_upgrades()
    {
        var types = Contracts.GetTypes().Where(type => type.IsPublic && (type.GetCustomAttribute<GenerateSerializerAttribute>() is not null || type.IsInterface && type.IsAssignableTo(typeof(Orleans.Runtime.IAddressable)))).ToList();
        types.Should().HaveCountGreaterThan(20);
        types.Where(type => type.GetCustomAttribute<AliasAttribute>() is null).Should().BeEmpty();
        types.Where(type => type.IsInterface).SelectMany(type => type.GetMethods()).Where(method => method.GetCustomAttribute<AliasAttribute>() is null).Should().BeEmpty();
        types.Select(type => type.GetCustomAttribute<AliasAttribute>()!.Alias).Should().OnlyHaveUniqueItems();
    }

    /// <summary>E4: who may call is stated for every endpoint, not inherited from a default.</summary>
    [Fact]
    public async Task Every_endpoint_states_who_may_call_it()
    {
        await using var app = TestApp.Build();
        var endpoints = TestApp.Endpoints(app);
        endpoints.Should().HaveCountGreaterThan(60);
        // "{**path:file}" is the framework's own fallback for files changed since the build; it is not in a published app.
        endpoints.Where(endpoint => endpoint.DisplayName?.Contains("{**path:file}", StringComparison.Ordinal) != true
                && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null
                && !endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Any(data => data.Policy is not null))
            .Select(endpoint => $"{endpoint.DisplayName} {(endpoint as Microsoft.AspNetCore.Routing.RouteEndpoint)?.RoutePattern.RawText}").Should().BeEmpty();
    }

    /// <summary>
    /// E4: bearer tokens are for /api and /hubs, the page's cookie for everything else. The scheme goes by the path, so a
    /// policy in the wrong place would let the wrong kind of caller in.
    /// </summary>
    [Fact]
    public async Task Policies_for_programs_and_for_pages_stand_where_their_scheme_is()
    {
        await using var app = TestApp.Build();
        foreach (var endpoint in TestApp.Endpoints(app).OfType<Microsoft.AspNetCore.Routing.RouteEndpoint>())
        {
            var path = "/" + endpoint.RoutePattern.RawText!.TrimStart('/');
            var program = path.StartsWith("/api/", StringComparison.Ordinal) || path.StartsWith("/hubs/", StringComparison.Ordinal);
            foreach (var policy in endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(data => data.Policy).OfType<string>())
            {
                (policy.StartsWith("api:", StringComparison.Ordinal) || policy.StartsWith("hub:", StringComparison.Ordinal)).Should().Be(program, "{0} has {1}", path, policy);
            }
        }
    }

    /// <summary>The list of what anyone may call is short and known.</summary>
    [Fact]
    public async Task Only_these_api_endpoints_are_open_to_anyone()
    {
        await using var app = TestApp.Build();
        TestApp.Endpoints(app).OfType<Microsoft.AspNetCore.Routing.RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.StartsWith("/api", StringComparison.Ordinal) && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
            .Select(endpoint => endpoint.RoutePattern.RawText).Should().BeEquivalentTo("/api/v1/auth/login", "/api/v1/auth/refresh", "/api/v1/auth/register", "/api/v1/auth/register/{id:guid}/confirm", "/api/v1/auth/passkey/options", "/api/v1/auth/passkey", "/api/v1/setup",
                "/api/v1/privacy/policies", "/api/v1/privacy/policies/{version:int}", "/api/v1/privacy/purposes", "/api/v1/privacy/sdk-register", "/api/v1/privacy/receipts/keys", "/api/v1/privacy/announcements");
    }

    [Fact]
    public void Every_hub_method_states_who_may_call_it()
    {
        var hubs = typeof(DeviceHub).Assembly.GetTypes().Where(type => type.IsAssignableTo(typeof(Microsoft.AspNetCore.SignalR.Hub))).ToList();
        hubs.Should().Contain(typeof(DeviceHub));
        foreach (var hub in hubs)
        {
            foreach (var method in hub.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Where(method => method.DeclaringType == hub && !method.IsSpecialName && method.GetBaseDefinition().DeclaringType == hub))
            {
                (method.GetCustomAttribute<AuthorizeAttribute>() ?? hub.GetCustomAttribute<AuthorizeAttribute>())?.Policy.Should().NotBeNull($"{hub.Name}.{method.Name}");
            }
        }
    }
}
