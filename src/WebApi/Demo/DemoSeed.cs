using System.Security.Cryptography;
using System.Text.Json;
using Dapper;
using LimoCha.Actors.Attendance;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Customers;
using LimoCha.Actors.Identity;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Notices;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.Staff;
using LimoCha.Actors.Storage;
using LimoCha.Actors.Tasks;

namespace LimoCha.Actors.Demo;

/// <summary>
/// Fills an empty database with a demo company, once: 3 departments, 12 staff, 200 customers, 5 places, 40 tasks in all
/// stages. Everything goes through the same commands as the API's. Passwords are random and stand only in
/// <c>demo-accounts.json</c>, readable by its owner alone.
/// </summary>
public sealed partial class DemoSeed(
    IGrainFactory grains, IServiceScopeFactory scopes, Database database, WebSettings settings, TimeProvider clock,
    IHostApplicationLifetime lifetime, ILogger<DemoSeed> logger) : BackgroundService
{
    private const int CustomerCount = 200;
    private const int TaskCount = 40;
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>The same company every time.</summary>
    private readonly Random random = new(20_260_101);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource();
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        var file = Path.Combine(settings.DataFolder, "demo-accounts.json");
        await using (var connection = await database.OpenAsync(stoppingToken))
        {
            if (File.Exists(file) || await connection.QuerySingleAsync<long>("SELECT count(*) FROM staff_user") > 0)
            {
                LogThere(logger);
                return;
            }
        }

        var accounts = await SeedAsync(stoppingToken);
        // Written last: with it, the company is complete.
        OwnerFile.Write(file, JsonSerializer.Serialize(accounts, Indented));
        LogSeeded(logger, file);
    }

    private sealed record Account(string UserName, string Password, string Role);

    private async Task<List<Account>> SeedAsync(CancellationToken cancellationToken)
    {
        var departments = new List<Guid>();
        foreach (var name in DemoNames.Departments)
        {
            var id = Ids.New(clock);
            Check(await grains.Grain<IDepartmentGrain>(id).CreateAsync(new() { Name = name }, System(), cancellationToken));
            departments.Add(id);
        }

        var (accounts, people) = await SeedStaffAsync(departments, cancellationToken);
        var places = await SeedPlacesAsync(cancellationToken);
        var staff = people.Where(person => person.Role == Role.Staff).ToList();
        var customers = await SeedCustomersAsync(staff, cancellationToken);
        await SeedTasksAsync(people, staff, customers, places, cancellationToken);
        await SeedDispatchAsync(people.First(person => person.Role == Role.Manager), staff[0], places[0].Id, cancellationToken);
        await SeedCheckInsAsync(staff, places, cancellationToken);
        return accounts;
    }

    private async Task<(List<Account> Accounts, List<UserView> People)> SeedStaffAsync(List<Guid> departments, CancellationToken cancellationToken)
    {
        List<Account> accounts = [];
        List<UserView> people = [];
        await using var scope = scopes.CreateAsyncScope();
        var maker = scope.ServiceProvider.GetRequiredService<Accounts>();
        foreach (var (userName, displayName, role, department) in DemoNames.Staff)
        {
            var password = $"{userName}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(5))}";
            var command = new CreateUser { UserName = userName, DisplayName = displayName, Role = role, DepartmentId = department < 0 ? null : departments[department], Password = password };
            people.Add(Check(await maker.CreateAsync(command, Ids.New(clock), System(), cancellationToken)));
            accounts.Add(new(userName, password, JsonNamingPolicy.CamelCase.ConvertName(role.ToString())));
        }

        return (accounts, people);
    }

    private async Task<List<(Guid Id, GeoPoint Center)>> SeedPlacesAsync(CancellationToken cancellationToken)
    {
        List<(Guid, GeoPoint)> places = [];
        foreach (var (name, address, latitude, longitude) in DemoNames.Places)
        {
            var id = Ids.New(clock);
            var center = new GeoPoint { Latitude = latitude, Longitude = longitude, System = CoordinateSystem.Wgs84 };
            Check(await grains.Grain<ICheckInLocationGrain>(id).CreateAsync(new() { Name = name, Address = address, Center = center, RadiusMetres = 300 }, System(), cancellationToken));
            places.Add((id, center));
        }

        return places;
    }

    private async Task<List<Guid>> SeedCustomersAsync(List<UserView> staff, CancellationToken cancellationToken)
    {
        var commands = Enumerable.Range(0, CustomerCount).Select(i => (Id: Ids.New(clock), Command: new SaveCustomer
        {
            Name = DemoNames.Person(random), Phone = $"+861{Pick(DemoNames.PhonePrefixes)}{random.Next(100_000_000):D8}",
            Company = random.Next(3) == 0 ? DemoNames.Company(random) : null, Source = Pick(DemoNames.Sources), OwnerId = staff[i % staff.Count].Id,
        })).ToList();
        await Task.WhenAll(commands.Select(async item => Check(await grains.Grain<ICustomerGrain>(item.Id).CreateAsync(item.Command, System(), cancellationToken))));
        return [.. commands.Select(item => item.Id)];
    }

    private async Task SeedTasksAsync(List<UserView> people, List<UserView> staff, List<Guid> customers, List<(Guid Id, GeoPoint Center)> places, CancellationToken cancellationToken)
    {
        for (var i = 0; i < TaskCount; i++)
        {
            var stage = (TaskStage)(i % 8);
            var assignee = staff[i % staff.Count];
            var manager = people.First(person => person.Role == Role.Manager && person.DepartmentId == assignee.DepartmentId);
            var now = clock.GetUtcNow();
            var task = grains.Grain<ITaskGrain>(Ids.New(clock));
            Check(await task.CreateAsync(
                new()
                {
                    Title = Pick(DemoNames.Tasks), Description = "来自演示数据 / demo data", AssigneeId = stage == TaskStage.Draft ? null : assignee.Id,
                    CustomerId = customers[i * 5 % customers.Count], LocationId = places[i % places.Count].Id, Priority = (TaskPriority)(i % 4), Category = "visit",
                    // The expired ones fall due a second from now; the sweep does the rest.
                    DueAt = stage == TaskStage.Expired ? now.AddSeconds(1) : now.AddHours(4 + i),
                },
                By(manager), cancellationToken));
            await WalkAsync(task, stage, assignee, manager, cancellationToken);
        }
    }

    /// <summary>A type with its own steps and proof, a task of it, an open offer to the department, a notice to it.</summary>
    private async Task SeedDispatchAsync(UserView manager, UserView assignee, Guid place, CancellationToken cancellationToken)
    {
        var type = Ids.New(clock);
        Check(await grains.Grain<ITaskTypeGrain>(type).CreateAsync(DemoNames.Installation, System(), cancellationToken));
        var installation = new CreateTask { Title = DemoNames.InstallationTask, TypeId = type, AssigneeId = assignee.Id, LocationId = place };
        Check(await grains.Grain<ITaskGrain>(Ids.New(clock)).CreateAsync(installation, By(manager), cancellationToken));
        var offer = new CreateTask { Title = DemoNames.Offer, Priority = TaskPriority.Urgent, LocationId = place, Assignment = new() { Offer = true, AnswerWithinMinutes = 24 * 60 } };
        Check(await grains.Grain<ITaskGrain>(Ids.New(clock)).CreateAsync(offer, By(manager), cancellationToken));
        var notice = new PublishNotice { Title = DemoNames.NoticeTitle, Body = DemoNames.NoticeBody, Audience = new() { Kind = AudienceKind.Department, DepartmentId = manager.DepartmentId } };
        Check(await grains.Grain<INoticeGrain>(Ids.New(clock)).PublishAsync(notice, By(manager), cancellationToken));
    }

    private async Task WalkAsync(ITaskGrain task, TaskStage stage, UserView assignee, UserView manager, CancellationToken cancellationToken)
    {
        (TaskAction Action, UserView By, string? Note)[] steps = stage switch
        {
            TaskStage.Accepted => [(TaskAction.Accept, assignee, null)],
            TaskStage.Declined => [(TaskAction.Decline, assignee, "今天在外地 / out of town today")],
            TaskStage.Started => [(TaskAction.Accept, assignee, null), (TaskAction.Start, assignee, null)],
            TaskStage.Completed => [(TaskAction.Accept, assignee, null), (TaskAction.Start, assignee, null), (TaskAction.Complete, assignee, "已完成 / done")],
            TaskStage.Cancelled => [(TaskAction.Cancel, manager, "客户改期 / customer postponed")],
            _ => [],
        };
        foreach (var (action, by, note) in steps)
        {
            Check(await task.ActAsync(action, new() { Note = note }, By(by), cancellationToken));
        }
    }

    private async Task SeedCheckInsAsync(List<UserView> staff, List<(Guid Id, GeoPoint Center)> places, CancellationToken cancellationToken)
    {
        foreach (var (person, i) in staff.Select((person, i) => (person, i)))
        {
            Check(await grains.Grain<IUserGrain>(person.Id).SetConsentAsync(
                Purposes.AttendanceLocation, new() { State = ConsentState.Granted, PolicyVersion = "1", Channel = "demo" }, By(person), cancellationToken));
            if (i % 2 == 0)
            {
                var place = places[i % places.Count];
                Check(await grains.Grain<ICheckInLocationGrain>(place.Id).CheckInAsync(new() { Kind = CheckInKind.In, Point = place.Center, LocationId = place.Id }, By(person), cancellationToken));
            }
        }
    }

    private CallContext System() => new(Actor.System, Ids.New(clock));

    private CallContext By(UserView user) => new(new(user.Id, user.Role, user.DepartmentId), Ids.New(clock));

    private T Pick<T>(T[] from) => from[random.Next(from.Length)];

    private static T Check<T>(Outcome<T> outcome)
        where T : class =>
        outcome.Value ?? throw new InvalidOperationException($"The demo data was refused: {outcome.Refusal!.Problem}, {outcome.Refusal.Detail}");

    [LoggerMessage(Level = LogLevel.Information, Message = "The demo company is there; its accounts are in {File}")]
    private static partial void LogSeeded(ILogger logger, [NotPersonal] string file);

    [LoggerMessage(Level = LogLevel.Information, Message = "The database has a company already; the demo adds nothing")]
    private static partial void LogThere(ILogger logger);
}

internal static class DemoHosting
{
    public static IServiceCollection AddDemo(this IServiceCollection services, WebSettings settings) =>
        settings.Demo ? services.AddHostedService(provider => ActivatorUtilities.CreateInstance<DemoSeed>(provider, settings)) : services;
}
