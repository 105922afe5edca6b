package build

import (
	"context"
	"os"

	"github.com/onwardjs/onward/internal/config"
	"github.com/onwardjs/onward/internal/diag"
	"github.com/onwardjs/onward/internal/route"
	files "github.com/onwardjs/onward/runtime"
)

// ProjectOptions say how a project is read. Dir and Phase are required.
type ProjectOptions struct {
	// Dir is the project, an absolute path.
	Dir string
	// Environ is the process environment ("KEY=value").
	Environ []string
	// Phase is what config functions are called with, one of the Phase constants of
	// config. With config.PhaseDev the .env files and NODE_ENV are those of
	// development.
	Phase string
	// Set are options of next.config that flags decide, over the file's.
	Set map[string]any
	// Console receives what the config file prints; nil: the terminal.
	Console func(level, text string)
}

// Project is an app as its files say it is. A build and a development server read it
// alike, step by step or by ReadProject.
type Project struct {
	ProjectOptions
	// Env is the environment with the .env files; set by ReadEnv.
	Env *config.Env
	// Config is next.config; set by ReadConfig.
	Config *config.Config
	// Pages, Middleware (nil: none) and Hooks, the instrumentation file (empty: none),
	// are set by Scan.
	Pages      []route.Page
	Middleware *route.Middleware
	Hooks      string
	// evaluator runs the config file.
	evaluator *evaluator
}

// ReadProject reads all of a project. The messages are warnings; the error is a
// *diag.Message or diag.Errors where the project is to be mended, and the Project then
// holds what has been read before.
func ReadProject(ctx context.Context, o ProjectOptions) (*Project, []*diag.Message, error) {
	p := &Project{ProjectOptions: o}
	if err := p.ReadEnv(); err != nil {
		return p, nil, err
	}
	warnings := append([]*diag.Message{}, p.Env.Warnings...)
	for _, step := range []func() ([]*diag.Message, error){
		func() ([]*diag.Message, error) { return p.ReadConfig(ctx) }, p.CheckRules, p.Scan,
	} {
		more, err := step()
		warnings = append(warnings, more...)
		if err != nil {
			return p, warnings, err
		}
	}
	return p, warnings, nil
}

func (p *Project) development() bool { return p.Phase == config.PhaseDev }

// ReadEnv reads the .env files.
func (p *Project) ReadEnv() error {
	env, err := config.LoadEnv(p.Dir, config.Mode(p.Environ, p.development()), p.Environ)
	if err != nil {
		return err
	}
	env.Vars["NEXT_PHASE"] = p.Phase
	if env.Vars["NODE_ENV"] == "" {
		env.Vars["NODE_ENV"] = config.Production
		if p.development() {
			env.Vars["NODE_ENV"] = config.Development
		}
	}
	p.Env = env
	return nil
}

// ReadConfig runs next.config.
func (p *Project) ReadConfig(ctx context.Context) ([]*diag.Message, error) {
	p.evaluator = &evaluator{ctx: ctx, dir: p.Dir, env: p.Env.Vars, runtime: files.Files, console: p.Console}
	c, warnings, err := config.Load(p.Dir, p.Phase, p.Set, p.evaluator.evaluate)
	if err != nil {
		return warnings, err
	}
	p.Config = c
	if p.development() && c.ExportPathMap {
		err = p.addExportPaths()
	}
	return warnings, err
}

// Scan finds the routes. It may be called again when files have come or gone; an
// error leaves the routes as they were.
func (p *Project) Scan() ([]*diag.Message, error) {
	dir, extensions := os.DirFS(p.Dir), p.Config.PageExtensions
	pages, warnings, err := route.Scan(dir, extensions)
	if err != nil {
		return warnings, err
	}
	hooks, err := route.FindInstrumentation(dir, extensions)
	if err != nil {
		return warnings, err
	}
	guard, more, err := route.FindMiddleware(dir, extensions)
	warnings = append(warnings, more...)
	if err != nil {
		return warnings, err
	}
	if guard != nil {
		if m := guard.Deprecated(); m != nil {
			warnings = append(warnings, m)
		}
	}
	p.Pages, p.Middleware, p.Hooks = pages, guard, hooks
	return warnings, nil
}
